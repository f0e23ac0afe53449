import { dnfModule } from '../module/packages/dnf.ts';

export default dnfModule('yum');
