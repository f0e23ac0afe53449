/** Floats which JavaScript would take for integers, and how Python writes floats. */

/** A float whose value is integral, so that it prints as `4.0`; every other float is a plain number. */
export class Float {
  readonly value: number;
  constructor(value: number) {
    this.value = value;
  }

  valueOf(): number {
    return this.value;
  }

  toString(): string {
    return floatText(this.value);
  }

  toJSON(): number {
    return this.value;
  }
}

/** A float, boxed when integral. */
export function float(value: number): number | Float {
  return Number.isInteger(value) ? new Float(value) : value;
}

/** The value itself; the JavaScript number where that is a float without a fraction. */
export function unboxed(value: unknown): unknown {
  return value instanceof Float ? value.value : value;
}

/** Shortest text which reads back the same; an exponent from 1e16 on and below 1e-4. */
export function floatText(value: number): string {
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  if (value === 0) return Object.is(value, -0) ? '-0.0' : '0.0';
  const [mantissa, exponent] = value.toExponential().split('e') as [string, string];
  const power = Number(exponent);
  if (power < -4 || power >= 16) {
    const digits = String(Math.abs(power)).padStart(2, '0');
    return `${mantissa}e${power < 0 ? '-' : '+'}${digits}`;
  }
  const text = power < 0 ? value.toFixed(Math.max(0, mantissa.replace(/[-.]/g, '').length - 1 - power)) : String(value);
  return text.includes('.') ? text : `${text}.0`;
}

/** As Python writes it in YAML: with the point that YAML 1.1 knows a float by. */
export function yamlFloat(value: number): string {
  const text = floatText(value).replace(/^(-?\d+)e/, '$1.0e');
  return Number.isFinite(value) ? text : text.replace(/inf|nan/, '.$&');
}
