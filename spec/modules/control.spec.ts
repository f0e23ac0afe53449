import add_host from '../../engine/modules/add_host.ts';
import assert from '../../engine/modules/assert.ts';
import debug from '../../engine/modules/debug.ts';
import fail from '../../engine/modules/fail.ts';
import group_by from '../../engine/modules/group_by.ts';
import include_vars from '../../engine/modules/include_vars.ts';
import ping from '../../engine/modules/ping.ts';
import set_fact from '../../engine/modules/set_fact.ts';
import validate from '../../engine/modules/validate_argument_spec.ts';
import { UndefinedError } from '../../engine/template/errors.ts';
import { Unknown, Unsafe } from '../../engine/template/values.ts';
import { testModule } from '../../engine/testing.ts';

const later = new Unknown('a command has not run');

testModule(debug, 'debug', {
  'says hello': { want: { changed: false, result: { msg: 'Hello world!' } } },
  'shows a message of any type': { args: { msg: ['a', 1] }, want: { result: { msg: ['a', 1] } } },
  'shows the value of an expression under its name': {
    args: { var: 'a.b' },
    evaluate: () => [1],
    want: { result: { 'a.b': [1] } },
  },
  'takes braces for none': { args: { var: '{{ a }}' }, variables: { a: 2 }, want: { result: { a: 2 } } },
  'shows the variable whose name the braces give': {
    args: { var: '{{ name }}' },
    variables: { name: 'port', port: 80 },
    want: { result: { port: 80 } },
  },
  'evaluates nothing but a name that way': {
    args: { var: '{{ name }}' },
    variables: { name: "lookup('pipe', 'id')" },
    want: { result: { name: "lookup('pipe', 'id')" } },
  },
  'shows that a variable is not defined': {
    args: { var: 'a' },
    evaluate: () => {
      throw new UndefinedError("'a' is undefined");
    },
    want: { result: { a: 'VARIABLE IS NOT DEFINED!' } },
  },
  'shows what is not known yet as such': {
    args: { var: 'a' },
    variables: { a: later },
    want: { result: { a: later } },
  },
  'is silent below its verbosity': {
    args: { msg: 'x', verbosity: 2 },
    verbosity: 1,
    want: { result: { skipped: true, skipped_reason: 'Verbosity threshold not met.' } },
  },
  'speaks at its verbosity': { args: { msg: 'x', verbosity: 2 }, verbosity: 2, want: { result: { msg: 'x' } } },
  'shows one thing': { args: { msg: 'x', var: 'y' }, fails: 'msg and var of the module exclude each other' },
});

testModule(fail, 'fail', {
  'fails with a message': { args: { msg: 'no quorum' }, fails: 'no quorum' },
  'fails without one': { fails: 'Failed as requested from task' },
});

testModule(assert, 'assert', {
  'passes when all conditions hold': {
    args: { that: ['a', 'b'] },
    variables: { a: true, b: 'text' },
    want: { changed: false, result: { msg: 'All assertions passed' } },
  },
  'takes a single condition, commas and all': {
    args: { that: 'a in [1, 2]' },
    evaluate: (text) => text === 'a in [1, 2]',
    want: { changed: false },
  },
  'takes a boolean': { args: { that: [true] }, want: { changed: false } },
  'fails when one does not hold': {
    args: { that: ['a', 'b'], msg: 'b is wrong' },
    variables: { a: true, b: false },
    fails: 'b is wrong',
  },
  'fails for what is empty': { args: { that: 'a' }, variables: { a: [] }, fails: 'Assertion failed' },
  'joins a message of several lines': { args: { that: [false], fail_msg: ['one', 'two'] }, fails: 'one\ntwo' },
  'is unknown when a condition is': {
    args: { that: ['a', 'b'] },
    variables: { a: true, b: later },
    unknown: '"b" is not known yet: a command has not run',
  },
  'fails nevertheless when another does not hold': {
    args: { that: ['b', 'a'] },
    variables: { a: false, b: later },
    fails: 'Assertion failed',
  },
});

testModule(set_fact, 'set_fact', {
  'gives variables of any type': {
    args: { a: 'x', b: null, c: { d: [1] }, e: later },
    want: {
      changed: false,
      result: { ansible_facts: { a: 'x', b: null, c: { d: [1] }, e: later }, _cacheable: false },
    },
  },
  'may keep them as facts': {
    args: { a: 1, cacheable: 'yes' },
    want: { result: { ansible_facts: { a: 1 }, _cacheable: true } },
  },
  'needs one': { args: { cacheable: true }, fails: 'No key/value pairs provided' },
  'needs names that are names': { args: { 'a-b': 1 }, fails: '"a-b" cannot be the name of a variable' },
});

const varFiles = {
  'vars/a.yml': '{"x": {"p": 1}, "t": "{{ y }}"}',
  'vars/more/b.json': '{"x": {"q": 2}}',
  'vars/more/c.txt': 'c',
  'vars/more/d/e.yaml': '{"e": 5}',
};

testModule(include_vars, 'include_vars', {
  'reads a file, templates untouched': {
    args: { file: 'a.yml' },
    files: varFiles,
    want: {
      changed: false,
      result: {
        ansible_included_vars: { x: { p: 1 }, t: '{{ y }}' },
        ansible_included_var_files: ['/project/vars/a.yml'],
      },
    },
  },
  'puts them under a name': {
    args: { file: 'a.yml', name: 'all' },
    files: varFiles,
    want: { result: { ansible_included_vars: { all: { x: { p: 1 }, t: '{{ y }}' } } } },
  },
  'merges into what the host has, in which no text is a template': {
    args: { file: 'a.yml', hash_behaviour: 'merge' },
    files: varFiles,
    variables: { x: { p: 0, old: '{{ evil }}', deep: [1] } },
    evaluate: (expression) => expression === 'x is defined',
    want: {
      result: {
        ansible_included_vars: { x: { p: 1, old: new Unsafe('{{ evil }}'), deep: [1] }, t: '{{ y }}' },
      },
    },
  },
  'reads a directory in order': {
    args: { dir: '/project/vars', ignore_files: ['c.txt'], hash_behaviour: 'merge' },
    evaluate: () => false,
    files: varFiles,
    want: { result: { ansible_included_vars: { x: { p: 1, q: 2 }, t: '{{ y }}', e: 5 } } },
  },
  'goes no deeper than told': {
    args: { dir: 'more', depth: 1, ignore_unknown_extensions: true },
    files: varFiles,
    want: { result: { ansible_included_vars: { x: { q: 2 } } } },
  },
  'refuses a file of another kind': {
    args: { dir: 'more' },
    files: varFiles,
    fails: 'c.txt does not have a valid extension',
  },
  'names every place searched': { args: { file: 'none.yml' }, fails: 'searched /project/vars/none.yml' },
  'is unknown when its file is': { args: { file: later }, unknown: 'a command has not run' },
});

testModule(ping, 'ping', {
  answers: { want: { changed: false, result: { ping: 'pong' } } },
  'crashes on demand': { args: { data: 'crash' }, fails: 'boom' },
});

const spec = {
  port: { type: 'int', required: true },
  mode: { choices: ['a', 'b'], default: 'a' },
  users: { type: 'list', elements: 'dict', options: { name: { required: true } } },
};

testModule(validate, 'validate_argument_spec', {
  'passes what the spec allows': {
    args: { argument_spec: spec, provided_arguments: { port: '80', other: 1 } },
    evaluate: () => false,
    want: { changed: false, result: { msg: 'The arg spec validation passed' } },
  },
  'looks at the variables as well': {
    args: { argument_spec: spec, provided_arguments: { mode: 'b' } },
    variables: { port: 80 },
    evaluate: (expression) => expression === 'port is defined',
    want: { changed: false },
  },
  'names everything that is wrong': {
    args: {
      argument_spec: spec,
      provided_arguments: { mode: 'c', users: [{}] },
      validate_args_context: { name: 'etcd' },
    },
    evaluate: () => false,
    fails: 'Validation of arguments failed:\netcd needs port\nmode must be one of a, b; not "c"\nusers[0] needs name',
  },
});

testModule(add_host, 'add_host', {
  'adds a host, its groups and its variables': {
    args: { name: 'new1', groups: 'fresh, web', role: 'x' },
    want: {
      changed: true,
      result: { add_host: { host_name: 'new1', groups: ['fresh', 'web'], host_vars: { role: 'x' } } },
    },
  },
  'takes a port': {
    args: { hostname: 'new1:2222' },
    want: { changed: true, result: { add_host: { host_name: 'new1', groups: [], host_vars: { ansible_port: 2222 } } } },
  },
  'needs a name': { args: { name: ' ' }, fails: 'a host needs a name' },
  'is unknown when the name is': { args: { name: later }, unknown: 'a command has not run' },
});

testModule(group_by, 'group_by', {
  'puts the host into the group': {
    args: { key: 'os Debian 12', parents: ['os'] },
    want: { changed: true, result: { add_group: 'os-Debian-12', parent_groups: ['os'] } },
  },
  'is unknown when the key is': { args: { key: later }, unknown: 'a command has not run' },
});
