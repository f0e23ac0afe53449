import { systemdModule } from '../module/services/systemd.ts';

export default systemdModule('systemd_service');
