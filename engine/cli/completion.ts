/** `kplay completion bash|zsh|fish`: what completes the words of a command line, made from the table of options. */
import { exitCodes } from '../errors.ts';
import type { CommandWords, OptionWords } from './command-words.ts';
import type { Shell } from './shells.ts';

const texts: Readonly<Record<Shell, (program: CommandWords) => string>> = { bash, zsh, fish };

export function printCompletion(shell: Shell, program: CommandWords): number {
  process.stdout.write(texts[shell](program));
  return exitCodes.ok;
}

/** Every command that is not the program itself, with the words that lead to it. */
function commandsOf({ commands }: CommandWords, path: readonly string[] = []): readonly [string, CommandWords][] {
  return commands.flatMap((each) => {
    const own = [...path, each.name];
    return [[own.join(' '), each] as [string, CommandWords], ...commandsOf(each, own)];
  });
}

function bash(program: CommandWords): string {
  const all = [['', program] as const, ...commandsOf(program)];
  const words = (options: readonly OptionWords[]) =>
    options.flatMap(({ short, long }) => [short ?? [], long].flat()).join(' ');
  const choices = all.flatMap(([, { options }]) => options).filter((option) => option.choices.length > 0);
  const candidates = all.map(([path, each]) => {
    const own = each === program ? [] : each.options;
    return `    '${path}') options='${words(own)}' commands='${each.commands.map(({ name }) => name).join(' ')}' ;;`;
  });
  return `# bash completion of kplay: put this into ~/.bashrc
#   source <(kplay completion bash)
_kplay() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD-1]} command= word options commands
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$command $word" in
${commandsOf(program)
  .map(([path]) => `      '${path.includes(' ') ? path : ` ${path}`}') command='${path}' ;;`)
  .join('\n')}
    esac
  done
  case "$previous" in
${choices.map(({ long, choices: of }) => `    ${long}) COMPREPLY=($(compgen -W '${of.join(' ')}' -- "$current")); return ;;`).join('\n')}
    -m|--module-name) COMPREPLY=($(compgen -W "$(kplay doc 2>/dev/null | cut -d ' ' -f 1)" -- "$current")); return ;;
    ${takingValues(program)}) return ;;
  esac
  case "$command" in
${candidates.join('\n')}
  esac
  case "$current" in
    -*) COMPREPLY=($(compgen -W "$options ${words(program.options)}" -- "$current")) ;;
    *)
      [ "$command" = doc ] && commands=$(kplay doc 2>/dev/null | cut -d ' ' -f 1)
      COMPREPLY=($(compgen -W "$commands" -- "$current"))
      ;;
  esac
}
complete -o default -F _kplay kplay
`;
}

/** Behind these comes a value that only the files may complete. */
function takingValues(program: CommandWords): string {
  const options = [program, ...commandsOf(program).map(([, each]) => each)].flatMap((each) => each.options);
  const names = options
    .filter((option) => option.value && option.choices.length === 0 && option.long !== '--module-name')
    .flatMap(({ short, long }) => [short ?? [], long].flat());
  return [...new Set(names)].join('|');
}

function zsh(program: CommandWords): string {
  const quoted = (text: string) => text.replaceAll("'", "'\\''");
  const option = ({ short, long, description, value, choices }: OptionWords) => {
    const told = `[${quoted(description).replace(/[[\]:]/g, '\\$&')}]`;
    const operand = choices.length > 0 ? `:value:(${choices.join(' ')})` : value ? ':value:_files' : '';
    const names = [short, long].filter((name) => name !== undefined);
    return names.map((name) => `'*${name}${told}${operand}'`).join(' ');
  };
  const described = (commands: readonly CommandWords[]) =>
    commands.map(({ name, description }) => `'${name}:${quoted(description)}'`).join(' ');
  return `#compdef kplay
# zsh completion of kplay: kplay completion zsh > a folder of $fpath/_kplay
_kplay_operand() {
  (( $#commands_here )) && _describe command commands_here
  _files
}
_kplay() {
  local command= word
  local -a options commands_here
  for word in \${words[2,CURRENT-1]}; do
    case "$command $word" in
${commandsOf(program)
  .map(([path]) => `      '${path.includes(' ') ? path : ` ${path}`}') command='${path}' ;;`)
  .join('\n')}
    esac
  done
  case "$command" in
    '') commands_here=(${described(program.commands)}) ;;
${commandsOf(program)
  .map(
    ([path, each]) =>
      `    '${path}') options=(${each.options
        .filter(({ long }) => long !== '--help')
        .map(option)
        .join(' ')}) commands_here=(${described(each.commands)}) ;;`,
  )
  .join('\n')}
  esac
  _arguments -s $options ${program.options.map(option).join(' ')} '*: :_kplay_operand'
}
# read from $fpath this file is the function itself, sourced it only defines it
if [[ $funcstack[1] == _kplay ]]; then _kplay; else compdef _kplay kplay; fi
`;
}

function fish(program: CommandWords): string {
  const quoted = (text: string) => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
  const option = (condition: string, { short, long, description, value, choices }: OptionWords) =>
    [
      `complete -c kplay${condition}`,
      short === undefined ? '' : `-s ${short.slice(1)}`,
      `-l ${long.slice(2)}`,
      choices.length > 0 ? `-x -a ${quoted(choices.join(' '))}` : value ? '-r' : '',
      `-d ${quoted(description)}`,
    ]
      .filter(Boolean)
      .join(' ');
  const lines = (each: CommandWords): readonly string[] => {
    const top = each === program;
    const within = top ? ' -n __fish_use_subcommand' : ` -n '__fish_seen_subcommand_from ${each.name}'`;
    return [
      ...each.commands.map(
        ({ name, description }) => `complete -c kplay${within} -a ${name} -d ${quoted(description)}`,
      ),
      ...each.options.filter(({ long }) => top || long !== '--help').map((one) => option(top ? '' : within, one)),
      ...each.commands.flatMap(lines),
    ];
  };
  return `# fish completion of kplay: kplay completion fish > ~/.config/fish/completions/kplay.fish\n${lines(program).join('\n')}\n`;
}
