/** Only text of the user's own files is a template, and it is rendered when it is used. */
import { expect } from 'chai';
import { TemplateError, UndefinedError } from '../../engine/template/errors.ts';
import { renderText, renderValue, trusted } from '../../engine/template/render.ts';
import { missing, omit, type Scope, ScopeDict, Unsafe } from '../../engine/template/values.ts';
import { at, environmentOf, scopeOf } from './environment.ts';

const environment = environmentOf({
  port: 80,
  fromHost: '{{ port }}',
  facts: { banner: '{{ 1/0 }}', list: ['{{ port }}'] },
  url: trusted('http://x:{{ port }}', at),
  broken: trusted('{{ nope }}', { file: 'group_vars/all.yml', line: 3, column: 10 }),
  nested: trusted({ good: '{{ port }}', bad: '{{ 1/0 }}', list: ['{{ port }}', 'x'] }),
  circle: trusted('{{ round }}'),
  round: trusted('{{ circle }}'),
  literal: new Unsafe('{{ port }}'),
});
const render = (template: unknown) => renderValue(template, environment, at);

describe('which text is a template', () => {
  it('renders the text of a task, and of variables when they are used', () => {
    expect(render('{{ url }}/')).to.equal('http://x:80/');
    expect(render({ a: ['{{ port }}', { b: '{{ port }}{{ port }}' }], '{{ key }}': 1 })).to.deep.equal({
      a: [80, { b: '8080' }],
      '{{ key }}': 1,
    });
  });

  it('never renders what a host returned, wherever it ends up', () => {
    expect(render('{{ fromHost }}')).to.equal('{{ port }}');
    expect(render('{{ facts }}')).to.deep.equal({ banner: '{{ 1/0 }}', list: ['{{ port }}'] });
    expect(render('{{ facts.banner | upper }}{{ facts.list | join }}')).to.equal('{{ 1/0 }}{{ port }}');
    expect(render("{{ lookup('vars', 'fromHost') }}")).to.equal('{{ port }}');
    expect(render('{% set x = fromHost %}{{ x }}')).to.equal('{{ port }}');
    expect(render("{{ '{' ~ '{ port }' ~ '}' }}")).to.equal('{{ port }}');
  });

  it('renders what a lookup of a variable finds in the user’s files', () => {
    expect(render("{{ lookup('vars', 'url') }}")).to.equal('http://x:80');
  });

  it('never renders text marked unsafe', () => {
    expect(render('{{ literal }}')).to.equal('{{ port }}');
    expect(render({ a: new Unsafe('{{ port }}') })).to.deep.equal({ a: '{{ port }}' });
  });

  it('renders only that part of a variable which is used', () => {
    expect(render('{{ nested.good }}')).to.equal(80);
    expect(render('{{ nested.list | first }}')).to.equal(80);
    expect(render('{{ nested | length }}')).to.equal(3);
    expect(() => render('{{ nested }}')).to.throw(TemplateError, 'division by zero');
  });

  it('takes a variable whose template uses something undefined for undefined', () => {
    expect(render("{{ broken | default('d') }}")).to.equal('d');
    expect(render('{{ broken is defined }}')).to.equal(false);
    expect(() => render('{{ broken }}'))
      .to.throw(UndefinedError, "'nope' is undefined")
      .with.deep.property('at', { file: 'group_vars/all.yml', line: 3, column: 10 });
  });

  it('tells a variable which refers to itself', () => {
    expect(() => render('{{ circle }}')).to.throw(TemplateError, 'refers to itself');
  });

  it('reads another host’s variables among that host’s names, and only those asked for', () => {
    const asked: string[] = [];
    const host = (name: string): Scope => {
      const names = scopeOf({ ip: trusted('{{ net }}.1'), net: name, bad: trusted('{{ 1/0 }}') });
      return {
        ...names,
        get: (key) => {
          asked.push(key);
          return names.get(key);
        },
      };
    };
    const hosts = new Map(['a', 'b'].map((name) => [name, new ScopeDict(host(name))]));
    const hostvars = new ScopeDict({ get: (name) => hosts.get(name) ?? missing, names: () => hosts.keys() });
    const play = environmentOf({ hostvars, net: 'mine' });
    expect(
      renderValue("{{ hostvars['a'].ip }} {{ ['a', 'b'] | map('extract', hostvars, 'ip') | join(' ') }}", play),
    ).to.equal('a.1 a.1 b.1');
    expect(renderValue("{{ 'a' in hostvars and 'c' not in hostvars }}", play)).to.equal(true);
    expect(renderValue('{{ hostvars | list }}', play)).to.deep.equal(['a', 'b']);
    expect(asked).to.not.include('bad');
  });

  it('keeps omit as itself, at any depth', () => {
    expect(renderValue({ a: ['{{ nope | default(omit) }}'] }, environment)).to.deep.equal({ a: [omit] });
    expect(() => render('x{{ omit }}')).to.throw(TemplateError, 'omit');
  });

  it('changes no variable of others when a template changes a list in place', () => {
    const list = [1];
    const own = environmentOf({ list, deep: { list } });
    expect(renderValue('{{ list.append(2) or list | length }}', own)).to.equal(2);
    expect(list).to.deep.equal([1]);
    expect(() => renderValue('{{ deep.list.append(2) }}', own)).to.throw(TemplateError, 'cannot be changed in place');
  });

  it('renders a file as text, whatever it holds', () => {
    expect(renderText('{{ [port] }}', environment, { file: 'x.j2' })).to.equal('[80]');
    expect(renderText('{{ none }}{{ fromHost }}', environment, { file: 'x.j2' })).to.equal('{{ port }}');
  });
});
