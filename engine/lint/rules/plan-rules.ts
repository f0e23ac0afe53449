/** What the plan finds by itself, on every run: here it only gets its words. */
import type { Rule } from '../rule.ts';

export const playbook: Rule = {
  id: 'playbook',
  level: 'error',
  summary: 'The files can be read as a playbook.',
  explanation: `Malformed YAML, keywords that do not exist or stand where they may not, values of the wrong type, and files, roles or
modules that are missing. A run refuses the same before it connects to any host.`,
};

export const duplicateKey: Rule = {
  id: 'duplicate-key',
  level: 'warning',
  summary: 'A key is written once in a mapping.',
  explanation: `Of two equal keys the last one holds, and the first is lost without a word.

    - copy: { dest: /etc/motd, content: hello }
      when: first_condition
      when: second_condition        # the first is forgotten: write a list`,
};

export const templateSyntax: Rule = {
  id: 'template-syntax',
  level: 'error',
  summary: 'Templates and expressions can be parsed; their filters, tests and lookups exist.',
  explanation:
    'Looked for in every task that can be reached, in variables, and in the files that template tasks render. A lookup is known by its name where that is written out, with_NAME loops among them; a run finds it only when it comes to it.',
};

export const argument: Rule = {
  id: 'argument',
  level: 'error',
  summary: 'Arguments of modules exist, are there when needed, and have the right type.',
  explanation: `Each task that can be reached is compared with what its module takes: \`kplay doc MODULE\`. Values that hold templates are
judged when they have been rendered.

    - file: { path: /etc/app, stat: directory }      # file has no argument "stat". Did you mean "state"?`,
};

export const undefinedVariable: Rule = {
  id: 'undefined-variable',
  level: 'error',
  summary: 'Every variable that is used is defined somewhere.',
  explanation: `On every branch, whether or not its condition ever holds. Known are the inventory and the files beside it, group_vars and
host_vars beside the playbook, vars, roles' defaults and vars, what is registered or set by any task, facts, and --extra-vars. Without an
inventory (-i) all group_vars beside the playbook are taken to count, and the arguments that roles declare in
meta/argument_specs.yml to be given. Where a task may define anything
(set_fact from a template, include_vars of a file that only the run can name), nothing is said. Where a variable may be missing, say so: {{ port | default(80) }}, or when: port is defined.`,
};

export const notifyWithoutHandler: Rule = {
  id: 'notify-without-handler',
  level: 'error',
  summary: 'What is notified has a handler.',
  explanation: 'A notification must be the name of a handler of the play or its roles, or a topic that one listens to.',
};

export const unsupported: Rule = {
  id: 'unsupported',
  level: 'warning',
  summary: 'Keywords that kplay reads and does not carry out.',
  explanation: 'They are accepted so that playbooks written for Ansible run; the README says what is not there.',
};
