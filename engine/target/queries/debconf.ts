/** Answers to the questions of Debian's packages. */
import { type QueryKind, refusal } from '../query.ts';
import { quote } from '../quote.ts';

/** The answers of a package by question; passwords are left out, debconf shows them to nobody. */
export const debconfKind: QueryKind<string, Readonly<Record<string, string>>> = {
  name: 'debconf',
  domains: ['files', 'packages'],
  id: (name) => name,
  script: (names) =>
    `export LC_ALL=C DEBIAN_FRONTEND=noninteractive\n${names
      .map((name) => `o=$(debconf-show -- ${quote(name)} 2>&1 </dev/null); printf '%s\\035%s\\036' $? "$o"`)
      .join('\n')}`,
  parse(stdout, names) {
    const parts = stdout.toString().split('\x1e');
    return names.map((name, index) => {
      const [code = '', text = ''] = (parts[index] ?? '').split('\x1d');
      if (code === '127') return refusal('the host has no debconf-show: this is for Debian and its kin');
      if (code !== '0') return refusal(`the answers of ${name} cannot be read: ${text.trim() || `exit code ${code}`}`);
      const lines = [...text.matchAll(/^[* ] (\S+?):(?: (.*))?$/gm)];
      return Object.fromEntries(
        lines.flatMap(([, question = '', value = '']) => (value === '(password omitted)' ? [] : [[question, value]])),
      );
    });
  },
};

/** The password that answers a question, as debconf keeps it for root alone; undefined where there is none. */
export const debconfPasswordKind: QueryKind<string, string | undefined> = {
  name: 'debconf password',
  domains: ['files', 'packages'],
  id: (question) => question,
  script: (questions) =>
    `f=/var/cache/debconf/passwords.dat\n${questions
      .map((question) => `[ ! -r $f ] || awk -v q=${quote(question)} ${quote(passwordOf)} $f; printf '\\036'`)
      .join('\n')}`,
  parse(stdout, questions) {
    const parts = stdout.toString().split('\x1e');
    return questions.map((_, index) => parts[index]?.replace(/\n$/, '') || undefined);
  },
};

/** Entries stand between empty lines: their name first, later their value. */
const passwordOf = '/^Name: /{n=substr($0,7)} /^$/{n=""} n==q && /^Value: /{v=substr($0,8)} END{if(v!="")print v}';
