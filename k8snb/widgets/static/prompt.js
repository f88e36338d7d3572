// A line as it would be typed: in a shell, or in a cell.
export function prompted(line) {
  return `${line.startsWith("kubectl ") ? "$" : ">>>"} ${line}`;
}
