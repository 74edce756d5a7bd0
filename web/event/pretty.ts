const indent = '  ';

/**
 * JSON set in lines, every token as it came: numbers keep their digits, and keys that stand twice stay twice. What is
 * not JSON comes back as it is.
 */
export function pretty(text: string): string {
  if (!isJson(text)) return text;
  let depth = 0;
  let lines = '';
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"|[{[]\s*[}\]]|[{}[\],:]|[^\s"{}[\],:]+/g)) {
    if (token === '{' || token === '[') {
      depth += 1;
      lines += `${token}\n${indent.repeat(depth)}`;
    } else if (token === '}' || token === ']') {
      depth -= 1;
      lines += `\n${indent.repeat(depth)}${token}`;
    } else if (token === ',') lines += `,\n${indent.repeat(depth)}`;
    else if (token === ':') lines += ': ';
    else if (/^[{[]\s/.test(token)) lines += token.replace(/\s+/, '');
    else lines += token;
  }
  return lines;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
