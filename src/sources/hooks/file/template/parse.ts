import { TemplateFailure } from './failure.ts';
import { piecesOf, type Token } from './lex.ts';
import { createReader, type Reader, readPipeline } from './parse-pipeline.ts';
import type { Template, TemplateNode } from './tree.ts';

/** Actions within actions; no hooks file nests as deeply. */
const deepest = 100;

/** Reads a template; throws a `TemplateFailure`. `functions` are the names that may be called. */
export function parseTemplate(text: string, functions: ReadonlySet<string>): Template {
  const named = new Map<string, readonly TemplateNode[]>();
  const pieces = piecesOf(text).values();
  const scope: string[] = ['$'];

  /** Reads up to one of these words, which is given back with what follows it. */
  function listUntil(
    ends: readonly string[],
    opened: Token | null,
    depth: number,
  ): readonly [TemplateNode[], Reader | null] {
    const nodes: TemplateNode[] = [];
    const known = scope.length;
    for (const piece of pieces) {
      if (piece.kind === 'text') {
        if (piece.text !== '') nodes.push({ kind: 'text', text: piece.text });
        continue;
      }
      const reader = createReader(piece.tokens, piece.at, functions, scope);
      const word = reader.peek()?.kind === 'word' ? reader.peek()?.text : undefined;
      if (word !== undefined && ends.includes(word)) {
        scope.length = known;
        return [nodes, reader];
      }
      const node = readAction(reader, word, depth);
      if (node !== null) nodes.push(node);
    }
    if (opened !== null) throw new TemplateFailure(`"${opened.text}" has no {{end}}`, opened.at);
    return [nodes, null];
  }

  function readAction(reader: Reader, word: string | undefined, depth: number): TemplateNode | null {
    if (depth > deepest) throw new TemplateFailure('nested too deeply', reader.at);
    switch (word ?? '') {
      case 'if':
      case 'with':
      case 'range':
        return readControl(reader, word === 'if' || word === 'with' ? word : 'range', depth);
      case 'define':
      case 'block':
        return readNamed(reader, word === 'define', depth);
      case 'template': {
        reader.take();
        const name = reader.text();
        const pipeline = reader.peek() === undefined ? null : readPipeline(reader);
        reader.end();
        return { kind: 'template', name, pipeline, at: reader.at };
      }
      case 'break':
      case 'continue':
        reader.take();
        reader.end();
        return { kind: word === 'break' ? 'break' : 'continue' };
      case 'end':
      case 'else':
        throw new TemplateFailure(`there is nothing that {{${word ?? ''}}} could belong to`, reader.at);
      default: {
        const pipeline = readPipeline(reader);
        reader.end();
        return { kind: 'print', pipeline, at: reader.at };
      }
    }
  }

  function readControl(reader: Reader, kind: 'if' | 'with' | 'range', depth: number): TemplateNode {
    const opened = reader.take();
    const known = scope.length;
    const pipeline = readPipeline(reader, kind === 'range' ? 2 : 1);
    reader.end();
    const [body, stop] = listUntil(['end', 'else'], opened, depth + 1);
    const otherwise: TemplateNode[] = [];
    if (stop?.take().text === 'else') {
      const next = stop.peek();
      if (next?.kind === 'word' && (next.text === 'if' || next.text === 'with') && kind !== 'range')
        otherwise.push(readControl(stop, next.text, depth + 1));
      else {
        stop.end();
        const [nodes, last] = listUntil(['end'], opened, depth + 1);
        last?.take();
        last?.end();
        otherwise.push(...nodes);
      }
    } else stop?.end();
    scope.length = known;
    return { kind, pipeline, body, otherwise, at: opened.at };
  }

  function readNamed(reader: Reader, isDefine: boolean, depth: number): TemplateNode | null {
    const opened = reader.take();
    const name = reader.text();
    const pipeline = isDefine ? null : readPipeline(reader);
    reader.end();
    const outer = scope.splice(1);
    const [nodes, stop] = listUntil(['end'], opened, depth + 1);
    stop?.take();
    stop?.end();
    scope.push(...outer);
    if (named.has(name)) throw new TemplateFailure(`"${name}" is defined twice`, opened.at);
    named.set(name, nodes);
    return isDefine ? null : { kind: 'template', name, pipeline, at: opened.at };
  }

  const [nodes] = listUntil([], null, 0);
  return { nodes, named };
}
