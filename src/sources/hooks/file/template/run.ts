import { TemplateFailure } from './failure.ts';
import { callFunction, isTrue, type TemplateWorld } from './functions.ts';
import { noValue, printed } from './print.ts';
import type { Call, Datum, Operand, Pipeline, Template, TemplateNode } from './tree.ts';

/** No hooks file is as long, or takes as many steps; templates may call themselves. */
const longestOutput = 10_000_000;
const mostSteps = 1_000_000;
const deepestCalls = 500;

const nothing: Datum = { type: 'nothing' };

interface Scope {
  readonly dot: Datum;
  readonly variables: Map<string, Datum>[];
}

/** Runs a template that is given no data; throws a `TemplateFailure`. */
export function run(world: TemplateWorld, { nodes, named }: Template): string {
  let output = '';
  let steps = 0;

  function write(text: string, at: number): void {
    output += text;
    if (output.length > longestOutput) throw new TemplateFailure('it prints more than 10 MB', at);
  }

  /** Says whether a loop around it shall end, or go on with its next round. */
  function list(nodes: readonly TemplateNode[], scope: Scope, depth: number): 'break' | 'continue' | null {
    const inner: Scope = { dot: scope.dot, variables: [...scope.variables, new Map()] };
    // A round of an empty loop is a step too.
    steps += 1 + nodes.length;
    if (steps > mostSteps) throw new TemplateFailure('it takes too long', 0);
    for (const node of nodes) {
      const leave = step(node, inner, depth);
      if (leave !== null) return leave;
    }
    return null;
  }

  function step(node: TemplateNode, scope: Scope, depth: number): 'break' | 'continue' | null {
    switch (node.kind) {
      case 'text':
        write(node.text, 0);
        return null;
      case 'print': {
        const value = pipeline(node.pipeline, scope, node.at);
        if (node.pipeline.declares.length === 0)
          write(value.type === 'nothing' ? noValue : printed(value), node.at);
        return null;
      }
      case 'if':
      case 'with': {
        const inner: Scope = { dot: scope.dot, variables: [...scope.variables, new Map()] };
        const value = pipeline(node.pipeline, inner, node.at);
        if (!isTrue(value)) return list(node.otherwise, inner, depth);
        return list(node.body, node.kind === 'with' ? { ...inner, dot: value } : inner, depth);
      }
      case 'range':
        return range(node, scope, depth);
      case 'template':
        return call(node, scope, depth);
      case 'break':
      case 'continue':
        return node.kind;
    }
  }

  /** There are no lists here; a number counts from 0. */
  function range(node: TemplateNode & { kind: 'range' | 'if' | 'with' }, scope: Scope, depth: number): null {
    const { declares, ...undeclared } = node.pipeline;
    const value = pipeline({ ...undeclared, declares: [] }, scope, node.at);
    if (value.type !== 'integer' && isTrue(value))
      throw new TemplateFailure(`a ${value.type} is nothing to range over`, node.at);
    if (value.type !== 'integer' || value.value <= 0n) {
      list(node.otherwise, scope, depth);
      return null;
    }
    for (let n = 0n; n < value.value; n += 1n) {
      const item: Datum = { type: 'integer', value: n };
      const variables = new Map(declares.map(name => [name, item] as const));
      if (list(node.body, { dot: item, variables: [...scope.variables, variables] }, depth) === 'break')
        break;
    }
    return null;
  }

  function call(node: TemplateNode & { kind: 'template' }, scope: Scope, depth: number): null {
    const called = named.get(node.name);
    if (called === undefined) throw new TemplateFailure(`there is no template "${node.name}"`, node.at);
    if (depth > deepestCalls) throw new TemplateFailure('templates call each other without end', node.at);
    const dot = node.pipeline === null ? nothing : pipeline(node.pipeline, scope, node.at);
    list(called, { dot, variables: [new Map([['$', dot]])] }, depth + 1);
    return null;
  }

  function pipeline({ declares, assigns, calls }: Pipeline, scope: Scope, at: number): Datum {
    let value: Datum | null = null;
    for (const each of calls) value = evaluate(each, scope, value);
    const result = value ?? nothing;
    for (const name of declares) {
      const place = assigns ? scope.variables.findLast(each => each.has(name)) : scope.variables.at(-1);
      if (place === undefined) throw new TemplateFailure(`there is no variable ${name}`, at);
      place.set(name, result);
    }
    return result;
  }

  function evaluate(each: Call, scope: Scope, last: Datum | null): Datum {
    if (each.kind === 'operand') return operandValue(each.operand, scope, each.at);
    const data: Datum[] = [];
    for (const operand of each.operands) {
      const value = operandValue(operand, scope, each.at);
      data.push(value);
      // These two look no further than they must.
      if ((each.name === 'and' && !isTrue(value)) || (each.name === 'or' && isTrue(value))) return value;
    }
    if (last !== null) data.push(last);
    try {
      return callFunction(world, each.name, data);
    } catch (error) {
      throw new TemplateFailure(
        `${each.name}: ${error instanceof Error ? error.message : String(error)}`,
        each.at,
      );
    }
  }

  function operandValue(operand: Operand, scope: Scope, at: number): Datum {
    switch (operand.kind) {
      case 'value':
        return operand.value;
      case 'dot':
        return looked(scope.dot, operand.fields, at);
      case 'variable':
        return looked(
          scope.variables.findLast(each => each.has(operand.name))?.get(operand.name) ?? nothing,
          operand.fields,
          at,
        );
      case 'pipeline':
        return looked(pipeline(operand.pipeline, scope, at), operand.fields, at);
    }
  }

  list(nodes, { dot: nothing, variables: [new Map([['$', nothing]])] }, 0);
  return output;
}

function looked(value: Datum, fields: readonly string[], at: number): Datum {
  const [field] = fields;
  if (field === undefined || value.type === 'nothing') return value;
  throw new TemplateFailure(`a ${value.type} has no .${field}`, at);
}
