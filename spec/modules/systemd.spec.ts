import service from '../../engine/modules/service.ts';
import systemd from '../../engine/modules/systemd.ts';
import systemdService from '../../engine/modules/systemd_service.ts';
import { testModule } from '../../engine/testing.ts';

const stopped = { units: { haproxy: {} } };
const running = { units: { haproxy: { active: 'active', fileState: 'enabled' } } };
const reload = (needed: boolean) => ({ 'units reload system': needed });
const always = 'asked for every time';

for (const [name, module] of Object.entries({ systemd, systemd_service: systemdService })) {
  testModule(module, name, {
    'does everything a task asks for in one script, in order': {
      args: { name: 'haproxy', state: 'started', enabled: true, masked: false, daemon_reload: true },
      world: { units: { haproxy: { fileState: 'masked' } }, answers: reload(true) },
      want: {
        changed: true,
        log: ['systemctl daemon-reload, unmask haproxy.service, enable haproxy.service, start haproxy.service'],
        result: { name: 'haproxy', state: 'started', enabled: true },
      },
    },
    'leaves a unit alone that is as it should be': {
      args: { name: 'haproxy', state: 'started', enabled: true },
      world: running,
      want: { changed: false, log: [] },
    },
    'takes a unit that is starting for started': {
      args: { name: 'haproxy', state: 'started' },
      world: { units: { haproxy: { active: 'activating' } } },
      want: { changed: false },
    },
    'starts a unit that failed': {
      args: { name: 'haproxy', state: 'started' },
      world: { units: { haproxy: { active: 'failed' } } },
      want: { log: ['systemctl start haproxy.service'], fields: ['active'] },
    },
    'stops a unit, also one that is stopping': {
      args: { name: 'haproxy', state: 'stopped' },
      world: { units: { haproxy: { active: 'deactivating' } } },
      want: { log: ['systemctl stop haproxy.service'] },
    },
    'is content with a failed unit that shall be stopped': {
      args: { name: 'haproxy', state: 'stopped' },
      world: { units: { haproxy: { active: 'failed' } } },
      want: { changed: false },
    },
    'restarts every time': {
      args: { name: 'haproxy', state: 'restarted' },
      world: running,
      want: { changed: true, log: ['systemctl restart haproxy.service'] },
      always,
    },
    'reloads a running unit every time': {
      args: { name: 'haproxy', state: 'reloaded' },
      world: running,
      want: { log: ['systemctl reload haproxy.service'] },
      always,
    },
    'starts a stopped unit instead of reloading it': {
      args: { name: 'haproxy', state: 'reloaded' },
      world: stopped,
      want: { log: ['systemctl start haproxy.service'] },
      always: 'once it runs, it is reloaded',
    },
    'disables, and replaces links when forced': {
      args: { name: 'haproxy', enabled: false, force: true },
      world: running,
      want: { scripts: ["systemctl disable --force 'haproxy.service'"] },
    },
    'takes neither indirect nor runtime for enabled': {
      args: { name: 'haproxy', enabled: true },
      world: { units: { haproxy: { fileState: 'enabled-runtime' } } },
      want: { log: ['systemctl enable haproxy.service'] },
    },
    'has nothing to enable or disable in a static unit': {
      args: { name: 'haproxy', enabled: false },
      world: { units: { haproxy: { fileState: 'static' } } },
      want: { changed: false },
    },
    'reloads systemd only when a unit file has changed, and never calls that a change': {
      args: { daemon_reload: true },
      world: { answers: reload(true) },
      want: { log: ['systemctl daemon-reload'], result: { changed: false } },
    },
    'does not reload systemd for nothing': {
      args: { daemon_reload: true },
      world: { answers: reload(false) },
      want: { changed: false, log: [] },
    },
    'reloads systemd when the unit itself says so': {
      args: { name: 'haproxy', state: 'started', daemon_reload: true },
      world: { units: { haproxy: { active: 'active', needsReload: true } }, answers: reload(false) },
      want: { log: ['systemctl daemon-reload'] },
    },
    'starts systemd anew': {
      args: { daemon_reexec: true },
      want: { changed: true, log: ['systemctl daemon-reexec'] },
      always,
    },
    'masks what is not installed yet': {
      args: { name: 'haproxy', masked: true },
      want: { log: ['systemctl mask haproxy.service'] },
    },
    'reaches the units of a user': {
      args: { name: 'pipewire', state: 'started', scope: 'user' },
      world: { units: { pipewire: {} } },
      want: { scripts: ["systemctl --user start 'pipewire.service'"] },
    },
    'does not wait when told not to': {
      args: { name: 'haproxy', state: 'started', no_block: true },
      world: stopped,
      want: { scripts: ["systemctl start --no-block 'haproxy.service'"] },
    },
    'returns what systemctl show says': {
      args: { name: 'haproxy', state: 'started' },
      world: { units: { haproxy: { active: 'active', properties: { MainPID: '42' } } } },
      want: { result: { status: { MainPID: '42' } } },
    },
    'says that a unit does not exist, and which one may be meant': {
      args: { name: 'haproxi', state: 'started' },
      world: { answers: { 'unit names system': ['haproxy.service', 'ssh.service'] } },
      fails:
        'Could not find the requested service haproxi: systemd knows no unit haproxi.service. Did you mean "haproxy.service"?',
    },
    'says that a masked unit cannot start': {
      args: { name: 'haproxy', state: 'started' },
      world: { units: { haproxy: { fileState: 'masked' } } },
      fails: 'haproxy.service is masked',
    },
    'refuses patterns': { args: { name: 'haproxy*', state: 'started' }, fails: 'is a pattern' },
    'needs a name to do something to a unit': { args: { state: 'started' }, fails: 'name' },
  });
}

testModule(systemd, 'systemd, of a unit that does not start', {
  'tells the status it exited with and the end of its journal': {
    args: { name: 'haproxy', state: 'started' },
    world: {
      ...stopped,
      commands: {
        "start 'haproxy.service'": {
          code: 1,
          stderr:
            'Job for haproxy.service failed.\x1eLoadState=loaded\nResult=exit-code\nExecMainStatus=1\n\x1econfig: cannot bind :80\n',
        },
      },
    },
    fails:
      'haproxy.service did not start: it exited with status 1\nlast lines of its journal:\n  config: cannot bind :80',
  },
});

testModule(service, 'service', {
  'starts and enables': {
    args: { name: 'haproxy', state: 'started', enabled: true },
    world: stopped,
    want: { log: ['systemctl enable haproxy.service, start haproxy.service'], fields: ['active', 'enabled'] },
  },
  'takes what only other service managers need': {
    args: { name: 'haproxy', state: 'restarted', sleep: 3, pattern: 'x', runlevel: 'boot', args: '-v', use: 'systemd' },
    world: running,
    want: { log: ['systemctl restart haproxy.service'] },
    always,
  },
  'needs something to do': { args: { name: 'haproxy' }, fails: 'state, enabled' },
});
