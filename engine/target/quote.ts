/** The target's own door to quoting, so that modules need not know about connections. */
export { quote } from '../connection/quote.ts';
