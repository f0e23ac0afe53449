/** Filters, tests, methods and lookups give what Ansible documents. */
import { expect } from 'chai';
import { Float } from '../../engine/source/float.ts';
import { TemplateError } from '../../engine/template/errors.ts';
import { renderText, renderValue } from '../../engine/template/render.ts';
import { environmentOf } from './environment.ts';

const environment = environmentOf(
  {
    hosts: [
      { name: 'a', ip: '10.0.0.1' },
      { name: 'b', ip: '10.0.0.2' },
    ],
    users: [{ name: 'alice', groups: ['wheel', 'dev'] }, { name: 'bob', groups: [] }, { name: 'eve' }],
    base: { a: 1, b: { x: 1, l: [1, 2] } },
    over: { b: { y: 2, l: [2, 3] }, c: 3 },
    loops: {
      changed: true,
      results: [
        { changed: true, rc: 1 },
        { changed: false, rc: 0 },
      ],
    },
    text: 'one\ntwo\n',
    eight: new Float(8),
    zero: new Float(0),
    numbers: { a: new Float(1) },
    named: { '8.0': 'eight', 9: 'nine' },
  },
  { now: () => new Date(Date.UTC(2024, 1, 29, 13, 5, 9)) },
);

const boxed = (value: number) => new Float(value);
const yes = (count: number) => Array<boolean>(count).fill(true);

type Table = readonly (readonly [expression: string, value: unknown])[];

function table(title: string, cases: Table): void {
  describe(title, () => {
    for (const [expression, value] of cases) {
      it(`${expression.replaceAll('\n', '\\n')} is ${JSON.stringify(value)}`, () => {
        expect(renderValue(`{{ ${expression} }}`, environment)).to.deep.equal(value);
      });
    }
  });
}

table('filters on values', [
  ["nope | default('x')", 'x'],
  ["none | default('x')", null],
  ["none | default('x', true)", 'x'],
  ['nope | default(boolean=true, default_value=3)', 3],
  ["true | ternary('a', 'b')", 'a'],
  ["none | ternary('a', 'b', 'c')", 'c'],
  ["'' | ternary('a', nope | default('b'))", 'b'],
  ["'Yes' | bool", true],
  ["'off' | bool", false],
  ["['on', '1', 'maybe', 1, 0, true, 1.0] | map('bool') | list", [true, true, false, true, false, true, true]],
  [
    "[1, 1.5, 2.0, 'a', [], {}, none, true, (1,)] | map('type_debug') | list",
    ['int', 'float', 'float', 'str', 'list', 'dict', 'NoneType', 'bool', 'tuple'],
  ],
  ["'b' | extract({'a': 1, 'b': {'c': [5, 6]}}, ['c', 1])", 6],
  ["[0, 2] | map('extract', ['x', 'y', 'z']) | list", ['x', 'z']],
  ['nope | items | list', []],
]);

table('filters on texts', [
  ["'it is' | quote", "'it is'"],
  ["'it\"s' | quote", "'it\"s'"],
  ["'/etc/a-b_c.d' | quote", '/etc/a-b_c.d'],
  ["'' | quote", "''"],
  ['text | indent(2, true)', '  one\n  two\n'],
  ["text | comment('c')", '//\n// one\n// two\n// \n//'],
  ["'a' | comment('cblock')", '/*\n *\n * a\n *\n */'],
  ["'a' | comment('xml')", '<!--\n -\n - a\n -\n-->'],
  ["'a' | comment(decoration='! ')", '!\n! a\n!'],
  ["'a' | comment('plain', prefix='', postfix='x', postfix_count=2)", '# a\nx\nx'],
  ["'foobar' | regex_replace('o+', '0')", 'f0bar'],
  ["'foobar' | regex_replace('^(?P<a>f)(.*)$', '\\g<a>-\\2')", 'f-oobar'],
  ["'FOO' | regex_replace('o', 'x', ignorecase=true)", 'Fxx'],
  ["'a\nb' | regex_replace('^', '> ', multiline=true)", '> a\n> b'],
  ["'aaa' | regex_replace('a', 'b', count=2)", 'bba'],
  ["'foo123bar' | regex_search('\\d+')", '123'],
  ["'foo123bar' | regex_search('([a-z]+)(\\d+)', '\\1', '\\2')", ['foo', '123']],
  ["'foo123' | regex_search('(?P<n>\\d+)', '\\g<n>')", ['123']],
  ["'foo' | regex_search('\\d+')", null],
  ["'a1b22' | regex_findall('\\d+')", ['1', '22']],
  [
    "'a=1,b=2' | regex_findall('(\\w)=(\\d)')",
    [
      ['a', '1'],
      ['b', '2'],
    ],
  ],
  ["'a.b[c]-d' | regex_escape", 'a\\.b\\[c\\]\\-d'],
  ["'a\n' is match('a$')", true],
  ["'ba' is match('a')", false],
  ["'ba' is search('a')", true],
  ["'A' is match('(?i)a')", true],
  ["'x]' is match('x[]]')", true],
  ["'A1' is regex('\\A[A-Z]\\d\\Z')", true],
  ["'ab' is regex('a', match_type='fullmatch')", false],
  ["'a,b,,c' | split(',')", ['a', 'b', '', 'c']],
  ["' a  b ' | split", ['a', 'b']],
  ["'hELLO wORLD' | capitalize", 'Hello world'],
  ["'x' | center(5)", '  x  '],
  ["'<a>\"' | e ~ '<' | escape", '&lt;a&gt;&#34;&lt;'],
  ["'<' | escape | forceescape", '&amp;lt;'],
  ["'<b>a</b>  &lt; b' | striptags", 'a < b'],
  ["'<b>' | safe", '<b>'],
  ["'one two, three' | wordcount", 3],
  ["{'a': 1, 'b': none, 'c': '\"'} | xmlattr", ' a="1" c="&#34;"'],
  ["{'a': 1} | pprint", "{'a': 1}"],
  ["'%s=%s' | format('a', 1)", 'a=1'],
  ["'%-4s|%4.1f|%03d|%x' | format('a', 3.14159, 7, 255)", 'a   | 3.1|007|ff'],
]);

table('filters on lists', [
  ['[3, 1, 2] | sort', [1, 2, 3]],
  ["hosts | map(attribute='ip') | join(',')", '10.0.0.1,10.0.0.2'],
  ["hosts | selectattr('name', 'in', ['b']) | map(attribute='ip') | first", '10.0.0.2'],
  [
    "users | selectattr('groups', 'defined') | rejectattr('groups', 'equalto', []) | map(attribute='name') | list",
    ['alice'],
  ],
  ["users | map(attribute='groups', default=[]) | flatten", ['wheel', 'dev']],
  ['[1, [2, [3, none, [4]]]] | flatten', [1, 2, 3, 4]],
  ['[1, [2, [3, [4]]]] | flatten(levels=1)', [1, 2, [3, [4]]]],
  ['[1, none] | flatten(skip_nulls=false)', [1, null]],
  ["['b', 'a', 'B'] | unique", ['b', 'a']],
  ["['b', 'a', 'B', 'a'] | unique(case_sensitive=true)", ['b', 'a', 'B']],
  ["['a'] | union(['A'])", ['a', 'A']],
  ["['b', 'A'] | min ~ (['b', 'A'] | min(case_sensitive=true)) ~ (hosts | min(attribute='ip')).name", 'AAa'],
  ["[1, 2, 3, 4] | reject('odd') | list", [2, 4]],
  [
    '[1, 2, 3, 4, 5] | slice(2) | list',
    [
      [1, 2, 3],
      [4, 5],
    ],
  ],
  [
    "[1, 2, 3] | slice(2, '-') | list",
    [
      [1, 2],
      [3, '-'],
    ],
  ],
  ["'abc' | count", 3],
  ['[1, 2, 2, 3] | difference([2])', [1, 3]],
  ['[1, 2] | symmetric_difference([2, 3])', [1, 3]],
  ['[[1, 2], [3]] | sum(start=[])', [1, 2, 3]],
  [
    "['a', 'b'] | zip([1, 2], ['x', 'y']) | list",
    [
      ['a', 1, 'x'],
      ['b', 2, 'y'],
    ],
  ],
  [
    "['a', 'b'] | zip_longest([1], fillvalue='-') | list",
    [
      ['a', 1],
      ['b', '-'],
    ],
  ],
  ["['a', 'b'] | product([1, 2]) | map('join') | list", ['a1', 'a2', 'b1', 'b2']],
  [
    '[1, 2, 3] | combinations(2) | list',
    [
      [1, 2],
      [1, 3],
      [2, 3],
    ],
  ],
  ['[1, 2, 3] | permutations(2) | list | length', 6],
  ["hosts | groupby('name') | map('first') | list", ['a', 'b']],
  ["hosts | groupby('name') | map(attribute='list') | map('length') | list", [1, 1]],
  ["['1.10', '1.9', '1.2'] | version_sort", ['1.2', '1.9', '1.10']],
  ["['a', 'b', 'c'] | random(seed='x') == ['a', 'b', 'c'] | random(seed='x')", true],
  ['10 | random(start=9)', 9],
  ['[1, 2, 3] | shuffle(seed=1) | sort', [1, 2, 3]],
  ["users | subelements('groups', skip_missing=true) | map('last') | list", ['wheel', 'dev']],
  ['none | map("upper") | list', []],
]);

table('filters on dicts', [
  ['base | combine(over)', { a: 1, b: { y: 2, l: [2, 3] }, c: 3 }],
  ['base | combine(over, recursive=true)', { a: 1, b: { x: 1, l: [2, 3], y: 2 }, c: 3 }],
  ["base | combine(over, recursive=true, list_merge='append')", { a: 1, b: { x: 1, l: [1, 2, 2, 3], y: 2 }, c: 3 }],
  ["base | combine(over, recursive=true, list_merge='append_rp')", { a: 1, b: { x: 1, l: [1, 2, 3], y: 2 }, c: 3 }],
  ["base | combine(over, recursive=true, list_merge='prepend_rp')", { a: 1, b: { x: 1, l: [2, 3, 1], y: 2 }, c: 3 }],
  ["[{'a': 1}, {'b': 2}] | combine", { a: 1, b: 2 }],
  ["{'a': 1} | combine([{'b': 2}, {'a': 3}])", { a: 3, b: 2 }],
  ["{'a': 1} | dict2items", [{ key: 'a', value: 1 }]],
  ["{'a': 1} | dict2items(key_name='n', value_name='v')", [{ n: 'a', v: 1 }]],
  ["hosts | items2dict(key_name='name', value_name='ip')", { a: '10.0.0.1', b: '10.0.0.2' }],
  ["hosts | rekey_on_member('name')", { a: { name: 'a', ip: '10.0.0.1' }, b: { name: 'b', ip: '10.0.0.2' } }],
  [
    "{'b': 1, 'A': 2} | dictsort",
    [
      ['A', 2],
      ['b', 1],
    ],
  ],
  ["dict(['a', 'b'] | zip([1, 2]))", { a: 1, b: 2 }],
]);

table('filters on numbers', [
  ["'08' | int", 8],
  ["'x' | int(-1)", -1],
  ["'1.7' | int", 1],
  ["'ff' | int(base=16)", 255],
  ['2.5 | round', new Float(2)],
  ["2.2 | round(0, 'ceil') | int", 3],
  ['(10 / 4) | round | int', 2],
  ["'1536' | human_readable", '1.50 KB'],
  ["1048576 | human_readable(unit='K')", '1024.00 KB'],
  ["'2 MB' | human_to_bytes", 2097152],
  ["'10' | human_to_bytes(default_unit='G')", 10737418240],
  ["['1 kilobyte', '2Kbytes', '3 bytes', '4 b'] | map('human_to_bytes') | list", [1024, 2048, 3, 4]],
  ["['1Mb', '1 megabit', '8'] | map('human_to_bytes', isbits=true) | list", [1048576, 1048576, 8]],
  ['2 | pow(10) | int', 1024],
  ['1024 | log(2)', new Float(10)],
  ['9 | root', new Float(3)],
  ['7 | pow(2) | string', '49.0'],
  ['(2 ** 70) | string', '1180591620717411303424'],
  ['4 / 2 ~ ""', '2.0'],
]);

table('floats without a fraction', [
  ['eight ~ " " ~ eight | string ~ " " ~ [eight] ~ " " ~ "%s %d" % (eight, eight)', '8.0 8.0 [8.0] 8.0 8'],
  ['[eight, numbers.a]', [new Float(8), new Float(1)]],
  ['[eight | int, eight == 8, eight + 1, eight // 3, eight * 1.5, -eight]', [8, true, ...[9, 2, 12, -8].map(boxed)]],
  ['[eight > 7, eight in [8], 8 in [eight], eight is float, eight is number, eight is integer]', [...yes(5), false]],
  ["numbers == {'a': 1} and numbers | combine({'a': 1}) == {'a': 1.0}", true],
  ["numbers | combine({'b': eight})", { a: new Float(1), b: new Float(8) }],
  ['[10.0, 9, 1.5] | sort', [1.5, 9, new Float(10)]],
  ['[1.0, 1, true, 2.0] | unique', [new Float(1), new Float(2)]],
  ['[eight] | union([8, 9.0]) | length', 2],
  ['[8, 9] | difference([eight])', [9]],
  [
    "[named[8.0], named[8], named['8.0'], named[9.0], named[7.0] is defined]",
    ['eight', 'eight', 'eight', 'nine', false],
  ],
  ["zero | bool is false and (zero or 'empty') == 'empty'", true],
  ['numbers | to_json ~ numbers | to_yaml', '{"a": 1.0}{a: 1.0}\n'],
  ["['8.0', '[8.0]'] | map('from_yaml') | list + ['8.0' | from_json]", [boxed(8), [boxed(8)], boxed(8)]],
]);

table('filters between values and text', [
  ["{'b': [1, none, true], 'a': 'é'} | to_json", '{"b": [1, null, true], "a": "\\u00e9"}'],
  ["{'b': 1, 'a': []} | to_nice_json", '{\n    "a": [],\n    "b": 1\n}'],
  ["{'b': 1, 'a': [2]} | to_nice_json(indent=2)", '{\n  "a": [\n    2\n  ],\n  "b": 1\n}'],
  ['\'{"a": [1, 2.5, null]}\' | from_json', { a: [1, 2.5, null] }],
  ["{'b': 1, 'a': [1, 'yes']} | to_nice_yaml", "a:\n- 1\n- 'yes'\nb: 1\n"],
  ["{'b': 1, 'a': [1, 'yes']} | to_yaml", "a: [1, 'yes']\nb: 1\n"],
  ["{'b': {'c': 1}, 'a': 2} | to_yaml(default_flow_style=false, sort_keys=false)", 'b:\n  c: 1\na: 2\n'],
  ["{'b': {'c': 1}, 'a': 2} | to_nice_yaml(indent=2, sort_keys=false)", 'b:\n  c: 1\na: 2\n'],
  ["'a: [1, yes]\nb: 7' | from_yaml", { a: [1, true], b: 7 }],
  ["'a: 1\n---\nb: 2' | from_yaml_all | list", [{ a: 1 }, { b: 2 }]],
  ["'hello' | b64encode", 'aGVsbG8='],
  ["'aGVsbG8=' | b64decode", 'hello'],
  ["'test' | hash('sha256')", '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08'],
  ["'test' | md5", '098f6bcd4621d373cade4e832627b4f6'],
  ["'test2' | checksum", '109f4b3c50d7b0df729d299bc6f8e9ef9066971f'],
  ["'example.com' | to_uuid(namespace='6ba7b810-9dad-11d1-80b4-00c04fd430c8')", 'cfbff0d1-9375-5685-968c-48ce8b15ae17'],
  [
    "'Hello world!' | password_hash('sha512', 'saltstring', rounds=5000)",
    '$6$saltstring$svn8UoSVapNtMuq1ukKS4tPQd8iKwSMHWjl/O817G3uBnIFNjnQJuesI68u4OTLiBFdcbYEdFCoEOfaS35inz1',
  ],
  [
    "'Hello world!' | password_hash('sha256', 'saltstring', rounds=5000)",
    '$5$saltstring$5B8vYYiY.CVt1RlTTf8KbXBH3hsxY/GNooZaBBGWEc5',
  ],
  ["'pw' | password_hash('md5', 'saltsalt')", '$1$saltsalt$6SNdNaZLKst2LlSm7oPPL1'],
  [
    "'pw' | password_hash('bcrypt', '1234567890123456789012', rounds=5)",
    '$2b$05$123456789012345678901uztUQIoyLDxaIUgJ.x54aS6eyLIVBeKi',
  ],
  ["'pw' | password_hash('blowfish', '1234567890123456789012', rounds=4, ident='2y') is match('[$]2y[$]04[$]')", true],
  ["'pw' | password_hash('bcrypt', rounds=4) is match('[$]2b[$]04[$][./A-Za-z0-9]{53}$')", true],
  [
    "'see http://x.org/a?b=1&c and www.foo.com, (mail me@x.de) https://y.org.' | urlize",
    'see <a href="http://x.org/a?b=1&amp;c" rel="noopener">http://x.org/a?b=1&amp;c</a> and <a href="https://www.foo.com" rel="noopener">www.foo.com</a>, (mail <a href="mailto:me@x.de">me@x.de</a>) <a href="https://y.org" rel="noopener">https://y.org</a>.',
  ],
  [
    "'see http://x.org/a/very/long/path <b>' | urlize(10, true, target='_blank', rel='x')",
    'see <a href="http://x.org/a/very/long/path" rel="nofollow noopener x" target="_blank">http://x.o...</a> &lt;b&gt;',
  ],
  [
    "'foo.org/x mailto:a@b.de foo:bar tel:12 (http://a.com)' | urlize(extra_schemes=['tel:'])",
    '<a href="https://foo.org/x" rel="noopener">foo.org/x</a> <a href="mailto:a@b.de">a@b.de</a> foo:bar <a href="tel:12" rel="noopener">tel:12</a> (<a href="http://a.com" rel="noopener">http://a.com</a>)',
  ],
  ["'a b&c/d' | urlencode", 'a%20b%26c/d'],
  ["{'a': 'b c'} | urlencode", 'a=b+c'],
  ["'a%20b+c' | urldecode", 'a b c'],
  [
    "'https://u:p@h.example:8443/p/q?x=1#f' | urlsplit",
    {
      fragment: 'f',
      hostname: 'h.example',
      netloc: 'u:p@h.example:8443',
      password: 'p',
      path: '/p/q',
      port: 8443,
      query: 'x=1',
      scheme: 'https',
      username: 'u',
    },
  ],
  ["'[::1]:80' is url", false],
  ["'http://[::1]:80/x' | urlsplit('hostname')", '::1'],
]);

table('filters on addresses', [
  ["'10.0.0.5/24' | ansible.utils.ipaddr('network')", '10.0.0.0'],
  ["'10.0.0.5/24' | ipaddr('address')", '10.0.0.5'],
  ["'10.0.0.5/24' | ipaddr('netmask')", '255.255.255.0'],
  ["'10.0.0.5/255.255.255.0' | ipaddr('prefix')", 24],
  ["'10.0.0.5/24' | ipaddr('subnet')", '10.0.0.0/24'],
  ["'10.0.0.0/24' | ipaddr('1')", '10.0.0.1/24'],
  ["'10.0.0.0/24' | ipaddr(-2) | ipaddr('address')", '10.0.0.254'],
  ["'10.0.0.0/24' | ipaddr('range_usable')", '10.0.0.1-10.0.0.254'],
  ["'10.0.0.5' | ipaddr('10.0.0.0/8')", '10.0.0.5'],
  ["'11.0.0.5' | ipaddr('10.0.0.0/8')", null],
  ["'10.0.0.5' | ipaddr", '10.0.0.5'],
  ["'nonsense' | ipaddr", false],
  ["['10.0.0.1', 'x', 'fe80::1', '192.168.1.1/24'] | ipaddr", ['10.0.0.1', 'fe80::1', '192.168.1.1/24']],
  ["['10.0.0.1', 'fe80::1'] | ipv6", ['fe80::1']],
  ["['10.0.0.1', '8.8.8.8'] | ipaddr('private')", ['10.0.0.1']],
  ["['fe80::1', '10.0.0.1', 'host'] | ansible.utils.ipwrap", ['[fe80::1]', '10.0.0.1', 'host']],
  ["'2001:0db8::/32' | ipaddr('first_usable')", '2001:db8::1'],
  ["'10.0.0.0/16' | ipsubnet(24)", '256'],
  ["'10.0.0.0/16' | ipsubnet(24, 5)", '10.0.5.0/24'],
  ["'10.0.5.7' | ipsubnet(24)", '10.0.5.0/24'],
  ["'10.0.0.0/8' | nthhost(305)", '10.0.1.49'],
  ["'10.0.0.0/8' | network_in_network('10.1.0.0/16')", true],
  ["'10.0.0.0/24' | network_in_usable('10.0.0.255')", false],
]);

table('filters on paths', [
  ["'/etc/a.tar.gz' | splitext", ['/etc/a.tar', '.gz']],
  ["'/etc/.bashrc' | splitext", ['/etc/.bashrc', '']],
  ["'/a/b/' | basename", ''],
  ["'/a/b/' | dirname", '/a/b'],
  ["'a' | dirname", ''],
  ["['/etc', 'a', 'b.conf'] | path_join", '/etc/a/b.conf'],
  ["['/etc', '/usr', 'x'] | path_join", '/usr/x'],
  ["'/a/./b/../c//d/' | normpath", '/a/c/d'],
  ["'/a/b/c' | relpath('/a/d')", '../b/c'],
  ["['/a/b/c', '/a/b/d'] | commonpath", '/a/b'],
  ["'C:\\\\a\\\\b.txt' | win_basename", 'b.txt'],
  ["'C:/a/b.txt' | win_dirname", 'C:/a'],
  ["'C:/a/b.txt' | win_splitdrive", ['C:', '/a/b.txt']],
]);

table('dates', [
  ["'%Y-%m-%dT%H:%M:%SZ' | strftime(1700000000, utc=true)", '2023-11-14T22:13:20Z'],
  ['now(utc=true).isoformat()', '2024-02-29T13:05:09'],
  ["now(utc=true, fmt='%j %a %b %-d %I%p %F')", '060 Thu Feb 29 01PM 2024-02-29'],
  ["(('2024-03-01 00:00:00' | to_datetime) - ('2024-02-28 12:00:00' | to_datetime)).total_seconds() | int", 129600],
  ["('2024-03-01' | to_datetime('%Y-%m-%d') - '2024-02-28' | to_datetime('%Y-%m-%d')).days", 2],
  ["('2024-03-01 10:20:30' | to_datetime).strftime('%d.%m.%y %H')", '01.03.24 10'],
  ["'2024-03-01' | to_datetime('%Y-%m-%d') > '2024-02-28' | to_datetime('%Y-%m-%d')", true],
]);

table('tests', [
  ["'1.28.4' is version('1.28.10', '<')", true],
  ["'1.28.4-rc1' is version('1.28.4', '<', version_type='semver')", true],
  ["'v1.0' is version('v1.0', 'eq')", true],
  ["'1.0.dev1' is version('1.0', 'lt', version_type='pep440')", true],
  ["'20.04' is version('18.04', '>=', strict=true)", true],
  ['loops is changed', true],
  ['loops is succeeded and loops is not skipped', true],
  ["{'failed': true} is failed", true],
  ["{'skipped': true} is skipped", true],
  ["{'unreachable': true} is unreachable", true],
  ["loops.results | selectattr('rc', 'ne', 0) | list | length", 1],
  ['[1, 2, 3] is superset([1])', true],
  ["{'a': 1} is contains('a')", true],
  ["'no' is falsy(convert_bool=true)", true],
  ['[] is falsy', true],
  ['5 is in [5]', true],
  ['2.0 is float and 2 is not float and 2 is integer', true],
  ["'/a' is abs and 'a' is not abs", true],
  ["'http://x/y' is url and 'mailto:x' is uri and 'urn:isbn:1' is urn", true],
  ["'$ANSIBLE_VAULT;1.1' is vault_encrypted", true],
  ["'upper' is filter and 'nope' is not filter", true],
  ["['http://x', 'ftp://x', 'x'] | select('url', ['http', 'https']) | list", ['http://x']],
  ["['http://x', 'mailto:x'] | select('uri', schemes=['mailto']) | list", ['mailto:x']],
  ["loops is change and {'failed': true} is failure and {'skipped': true} is skip", true],
  ['{} is successful and {} is success and {} is reachable and {} is not timedout', true],
  ["{'unreachable': true} is not reachable and {'timedout': {'period': 1}} is timedout", true],
  ["'1.10' is version_compare('1.9', '>')", true],
  ["('nan' | float) is nan and 1 is not nan", true],
  ['range is callable and 1 is not callable', true],
  ["'a' is not escaped", true],
  ["2 is even and 1 is le 1 and 1 is lessthan 2 and 2 is greaterthan 1 and '/a' is is_abs", true],
]);

table('lookups', [
  ["lookup('vars', 'base').a", 1],
  ["lookup('vars', 'nope', default='d')", 'd'],
  ["query('varnames', '^(base|over)$') | sort", ['base', 'over']],
  ["query('sequence', 'start=4 end=16 stride=4')", ['4', '8', '12', '16']],
  ["query('sequence', 'count=3 format=node%02d')", ['node01', 'node02', 'node03']],
  ["query('sequence', start=3, end=1, stride=-1)", ['3', '2', '1']],
  ["query('sequence', '5-8/2:x%d')", ['x5', 'x7']],
  [
    "query('nested', ['a', 'b'], [1, 2])",
    [
      ['a', 1],
      ['a', 2],
      ['b', 1],
      ['b', 2],
    ],
  ],
  [
    "query('together', ['a', 'b'], [1])",
    [
      ['a', 1],
      ['b', null],
    ],
  ],
  ["query('flattened', [1, [2, [3]]], 4)", [1, 2, 3, 4]],
  ["query('items', [1, [2, 3]], 4)", [1, [2, 3], 4]],
  ["query('subelements', users, 'groups', {'skip_missing': true}) | map('last') | list", ['wheel', 'dev']],
  ["lookup('dict', {'a': 1})", { key: 'a', value: 1 }],
  ["lookup('ansible.builtin.list', 'a', wantlist=true)", ['a']],
  ["lookup('vars', 'nope', errors='ignore')", null],
  ["q('vars', 'nope', errors='ignore')", []],
]);

table('methods', [
  ["'a-b-c'.rsplit('-', 1)", ['a-b', 'c']],
  ["'a\nb'.splitlines()", ['a', 'b']],
  ["'{0}-{name:>3}'.format('x', name=5)", 'x-  5'],
  ["'abc'.startswith(('x', 'a'))", true],
  ["'x.tar.gz'.removesuffix('.gz')", 'x.tar'],
  ["' a '.rstrip() ~ 'b'.lstrip() ~ 'xcx'.strip('x')", ' abc'],
  ["{'a': 1}.get('b', 2)", 2],
  ["{'a': 1, 'b': 2}.items() | map('last') | sum", 3],
  ["{'items': 1}['items'] + {'keys': 2}.keys", 3],
  ["{'items': 1}.items() | list", [['items', 1]]],
  ['[1, 2, 1].count(1) + [5, 6].index(6)', 3],
]);

describe('filters which need an ability that was not lent', () => {
  it('are errors, and work once lent', () => {
    expect(() => renderValue("{{ '~/x' | expanduser }}", environment)).to.throw(
      TemplateError,
      'there is no filter "expanduser"',
    );
    const lent = { ...environment, filters: { expanduser: (value: unknown) => String(value).replace('~', '/root') } };
    expect(renderValue("{{ '~/x' | expanduser }}", lent)).to.equal('/root/x');
  });
});

describe('statements', () => {
  const files: Readonly<Record<string, string>> = {
    'inc.j2': '[{{ x | default("-") }}]',
    'mac.j2': '{% macro hi(n, g="Hello") %}{{ g }} {{ n }}{% endmacro %}{% set v = 5 %}',
    'base.j2': '<{% block a %}A{% endblock %}|{% block b %}B{% endblock %}>',
  };
  const withFiles = environmentOf(
    { l: [1, 2, 3] },
    { load: (name) => (files[name] === undefined ? undefined : { text: files[name], file: name }) },
  );
  const cases: readonly (readonly [string, string])[] = [
    ['{% for i in l recursive %}{{ i }}{% endfor %}', '123'],
    [
      '{% for n in [[1, [2, [3]]]] recursive %}{% for x in n %}{{ loop.index if x is number else loop2 | default("") }}{% endfor %}{% endfor %}',
      '1',
    ],
    [
      '{% for n in [{"v": 1, "c": [{"v": 2}]}] recursive %}{{ n.v }}@{{ loop.depth }}{% if n.c is defined %}({{ loop(n.c) }}){% endif %}{% endfor %}',
      '1@1(2@2)',
    ],
    [
      '{% for i in l %}{{ loop.index0 }}{{ loop.revindex }}{{ loop.cycle("a", "b") }}{% if not loop.last %},{% endif %}{% endfor %}',
      '03a,12b,21a',
    ],
    ['{% for a, (b, c) in [(1, (2, 3))] %}{{ a + b + c }}{% endfor %}', '6'],
    [
      '{% macro m(a, b=2) %}{{ a }}{{ b }}{{ varargs }}{{ kwargs }}{% endmacro %}{{ m(1, 2, 3, z=4) }}',
      "12(3,){'z': 4}",
    ],
    [
      '{% macro w(l) %}{% for i in l %}{{ caller(i) }}{% endfor %}{% endmacro %}{% call(x) w(l) %}<{{ x }}>{% endcall %}',
      '<1><2><3>',
    ],
    ['{% set x %}a{% endset %}{% set y | upper %}b{{ x }}{% endset %}{{ x }}{{ y }}', 'aBA'],
    ['{% with x = 1, y = 2 %}{{ x + y }}{% endwith %}{{ x | default("gone") }}', '3gone'],
    [
      '{% set x = 1 %}{% include "inc.j2" %}{% include "inc.j2" without context %}{% include "no.j2" ignore missing %}',
      '[1][-]',
    ],
    [
      '{% import "mac.j2" as m %}{{ m.hi("x") }}{{ m.v }}{% from "mac.j2" import hi as h, v %}{{ h("y", g="Yo") }}{{ v }}',
      'Hello x5Yo y5',
    ],
    ['{% extends "base.j2" %}{% block b %}[{{ super() }}]{% endblock %}ignored', '<A|[B]>'],
    ['{% set ns = namespace(n=0) %}{% for i in l %}{% set ns.n = ns.n + i %}{% endfor %}{{ ns.n }}', '6'],
    ['{% filter upper | replace("A", "x") %}abc{% endfilter %}', 'xBC'],
  ];
  for (const [template, expected] of cases) {
    it(`${template} writes ${expected}`, () => {
      expect(renderText(template, withFiles, { file: 'x.j2' })).to.equal(expected);
    });
  }
});
