import type { Problem } from '../../errors.ts';
import { defaultsFor } from '../../plan/modules.ts';
import type { PlannedTask } from '../../plan/plan.ts';
import { textsIn } from '../../plan/texts.ts';
import { references } from '../../template/references.ts';
import { type LintedPlay, type Rule, type Subject, tasksOf } from '../rule.ts';

export const secretFileMode: Rule = {
  id: 'secret-file-mode',
  level: 'warning',
  summary: 'A file with secrets has a mode.',
  explanation: `A new file without a mode can be read by everybody on most hosts. A file counts as secret when its name, or the name of a
variable in its content, speaks of a key, a password, a token and the like, or when its task says no_log.

    - template: { src: db.conf.j2, dest: /etc/db.conf }                  # db.conf.j2 holds {{ db_password }}
    - template: { src: db.conf.j2, dest: /etc/db.conf, mode: "0600" }`,
  check,
};

/** Modules that write a file, and the arguments that hold what is in it. */
const writers: Readonly<Record<string, readonly string[]>> = {
  copy: ['content', 'src'],
  template: ['src'],
  get_url: ['url'],
  lineinfile: ['line'],
  blockinfile: ['block', 'content'],
  ini_file: ['option', 'value'],
};
const secretName = /passw(?:or)?d|passphrase|secret|token|credential|private_?key|encryption_?key|api_?key/i;
const secretFile =
  /\.(?:key|p12|pfx|jks|keytab)$|(?:^|[/_.-])id_(?:rsa|dsa|ecdsa|ed25519)$|(?:^|[/_.-])(?:shadow|htpasswd|pgpass|kubeconfig|netrc)$/i;

function* check(subject: Subject): Generator<Problem> {
  for (const [task, play] of tasksOf(subject)) {
    const content = writers[task.module];
    const { args } = task;
    const given = { ...defaultsFor(task), ...args.values };
    if (!content || 'mode' in given || args.template || isEdit(task)) continue;
    const reason = secretIn(task, play, content);
    if (reason === undefined) continue;
    yield {
      message: `${reason}, and the file has no mode.`,
      at: args.locateKey(''),
      hint: 'add mode: "0600", or whatever its reader needs',
    };
  }
}

/** What edits a file leaves its mode alone, unless it makes the file. */
function isEdit({ module, args }: PlannedTask): boolean {
  const makes = module === 'ini_file' || args.values['create'] === true;
  return ['lineinfile', 'blockinfile', 'ini_file'].includes(module) && !makes;
}

function secretIn(task: PlannedTask, play: LintedPlay, content: readonly string[]): string | undefined {
  const { values } = task.args;
  const dest = String(values['dest'] ?? values['path'] ?? '');
  if (secretFile.test(dest) || secretName.test(dest.split('/').at(-1) ?? ''))
    return `"${dest}" is a secret by its name`;
  if (task.inherited.no_log?.value === true) return 'no_log says that this is secret';
  const texts = [
    ...content.flatMap((name) => textsIn(values[name], () => task.at)),
    ...(task.module === 'template' ? play.templateFiles(task) : []),
  ];
  const name = texts
    .flatMap(({ source, kind }) => references(source, kind))
    .map((reference) => [reference.name, ...reference.path].join('.'))
    .find((each) => secretName.test(each));
  return name === undefined ? undefined : `"${name}" is a secret by its name`;
}
