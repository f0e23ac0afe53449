import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { ModuleFailure } from '../../../engine/target/failure.ts';
import { similarUnit, unitKey, unitKind, unitNamesKind } from '../../../engine/target/queries/units.ts';

const shown = readFileSync('spec/fixtures/queries/systemd-show.txt');
const keys = [
  ...['system dbus.service', 'system nosuch', 'system getty@.service', 'system ssh', 'system systemd-tmpfiles-clean'],
  ...['system getty@tty1', 'system dbus.socket'],
];

describe('unitKind', () => {
  it('reads each unit of one systemctl show by its place, under the name it was asked by', () => {
    const states = unitKind.parse(shown, keys);
    expect(states.map(({ name, exists, active, fileState }) => [name, exists, active, fileState])).to.deep.equal([
      ['dbus.service', true, 'active', 'static'],
      ['nosuch.service', false, 'inactive', ''],
      ['getty@.service', true, 'inactive', 'enabled'],
      ['ssh.service', true, 'inactive', 'masked'],
      ['systemd-tmpfiles-clean.service', true, 'inactive', 'static'],
      ['getty@tty1.service', true, 'inactive', 'enabled'],
      ['dbus.socket', true, 'active', 'static'],
    ]);
  });

  it('keeps what systemd says, equals signs and all', () => {
    const [dbus] = unitKind.parse(shown, keys);
    expect(dbus?.properties).to.include({ Id: 'dbus.service', LoadState: 'loaded', CanReload: 'yes' });
  });

  it('names a unit without a type as a service', () => {
    const names = ['nginx', 'nginx.service', 'dbus.socket', 'a.b', 'getty@tty1', 'multi-user.target'];
    expect(names.map((name) => unitKind.id(unitKey(name)))).to.deep.equal([
      ...['system nginx.service', 'system nginx.service', 'system dbus.socket', 'system a.b.service'],
      ...['system getty@tty1.service', 'system multi-user.target'],
    ]);
    expect(unitKind.id('user pipewire')).to.equal('user pipewire.service');
  });

  it('asks systemctl once for all plain units, and never for names that would fail the call', () => {
    const script = unitKind.script(['system a', 'system b', 'system getty@', 'system not a name', 'system c@.service']);
    expect(script.match(/systemctl show/g)).to.have.length(1);
    expect(script).to.contain("-- 'a.service' 'b.service'").and.not.contain('not a name');
    const [bad] = unitKind.parse(Buffer.from('\x1eshow system\n\n'), ['system not a name']);
    expect(bad?.exists).to.equal(false);
  });

  it('fails in so many words where systemd does not run', () => {
    const stdout = Buffer.from('\x1enone\nSystem has not been booted with systemd as init system (PID 1).\n');
    expect(() => unitKind.parse(stdout, ['system a'])).to.throw(
      ModuleFailure,
      'does not run systemd: System has not been booted',
    );
  });

  it('sees whether a service from /etc/init.d starts at boot', () => {
    const block = 'LoadState=loaded\nActiveState=active\nUnitFileState=generated\n';
    const stdout = Buffer.from(`\x1eshow system\n${block}\n${block}\x1einit\n/etc/rc3.d:\nS01etcd\nK01other\n`);
    const states = unitKind.parse(stdout, ['system etcd', 'system other']);
    expect(states.map(({ fileState }) => fileState)).to.deep.equal(['enabled', 'disabled']);
  });
});

describe('similarUnit', () => {
  const names = unitNamesKind.parse(
    Buffer.from(
      '\x1esystem\nssh.service enabled enabled\nhaproxy.service disabled enabled\nkeepalived.service loaded active\n',
    ),
    ['system'],
  )[0]!;
  const cases: Readonly<Record<string, string>> = {
    haproxi: ' Did you mean "haproxy.service"?',
    keepalive: ' Did you mean "keepalived.service"?',
    sshd: ' Did you mean "ssh.service"?',
    postgresql: '',
  };
  for (const [name, guess] of Object.entries(cases)) {
    it(`${guess ? 'finds what was meant by' : 'does not guess at'} ${name}`, () => {
      expect(similarUnit(name, names)).to.equal(guess);
    });
  }
});
