import type { ApiCommand } from './api-command.js';

/** One line a command, for the help of all. */
export function commandLines(commands: readonly ApiCommand[]): string {
  const width = Math.max(...commands.map((command) => usageOf(command).length));
  return commands.map((command) => `  ${usageOf(command).padEnd(width)}  ${command.about}`).join('\n');
}

/** All about one command. */
export function commandHelp(command: ApiCommand): string {
  const options = Object.entries(command.options ?? {}).map(([name, { value, about, required, several }]) => {
    const remarks = [required ? 'required' : '', several ? 'may be given several times' : ''].filter(Boolean);
    const remark = remarks.length === 0 ? '' : ` (${remarks.join('; ')})`;
    return [`--${name}${value === undefined ? '' : ` ${value}`}`, `${about}${remark}`] as const;
  });
  const width = Math.max(0, ...options.map(([usage]) => usage.length));
  return [
    `Usage: npm run ctl -- ${usageOf(command)} [options]`,
    '',
    command.about,
    ...(options.length === 0 ? [] : ['', ...options.map(([usage, about]) => `  ${usage.padEnd(width)}  ${about}`)]),
    ...(command.notes === undefined ? [] : ['', ...command.notes]),
    '',
    'Besides: --url <address>, --key <API key>, --json. "ctl help" explains them.',
    '',
  ].join('\n');
}

function usageOf({ words, operands = [] }: ApiCommand): string {
  return [words, ...operands.map((operand) => `<${operand}>`)].join(' ');
}
