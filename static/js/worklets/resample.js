/* Changes the sample rate of a stream of sound: windowed sinc, low-passed where the lower of the two rates cannot carry more. */
const ZEROS = 12; // crossings of zero on each side of the kernel
const PHASES = 48; // exact between 8 and 48 kHz, near enough for 44.1
const CUTOFF = 0.95;

function kernel(phase, half, scale) {
  const taps = Float32Array.from({ length: 2 * half }, (_, k) => {
    const x = k - (half - 1) - phase;
    const window = Math.cos((Math.PI * x) / (2 * half)) ** 2;
    return x === 0 ? 1 : (window * Math.sin(Math.PI * x * scale)) / (Math.PI * x * scale);
  });
  const sum = taps.reduce((a, b) => a + b, 0);
  return taps.map((tap) => tap / sum);
}

export class Resampler {
  constructor(from, to) {
    this.step = from / to;
    const scale = CUTOFF * Math.min(1, to / from);
    this.half = Math.ceil(ZEROS / scale);
    this.kernels = Array.from({ length: PHASES }, (_, phase) => kernel(phase / PHASES, this.half, scale));
    this.reset();
  }

  reset() {
    this.past = new Float32Array(2 * this.half);
    this.at = 0; // of the next sample to make, in `past`
  }

  /* The samples that `input` (Float32Array) is enough for; the rest waits for what follows. */
  push(input) {
    const all = new Float32Array(this.past.length + input.length);
    all.set(this.past);
    all.set(input, this.past.length);
    const width = 2 * this.half;
    const made = new Float32Array(Math.ceil(all.length / this.step) + 1);
    let count = 0;
    while (Math.floor(this.at) + width <= all.length) {
      let first = Math.floor(this.at);
      let phase = Math.round((this.at - first) * PHASES);
      if (phase === PHASES) {
        if (first + 1 + width > all.length) break;
        first += 1;
        phase = 0;
      }
      const taps = this.kernels[phase];
      let sum = 0;
      for (let k = 0; k < width; k++) sum += all[first + k] * taps[k];
      made[count++] = sum;
      this.at += this.step;
    }
    const used = Math.min(Math.floor(this.at), all.length);
    this.past = all.slice(used);
    this.at -= used;
    return made.subarray(0, count);
  }
}

/* 0 to 1 for a meter: -60 dBFS and less is 0, full scale is 1. `samples`: -1 to 1. */
export function level(samples) {
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  const power = Math.sqrt(sum / (samples.length || 1));
  return Math.max(0, 1 + Math.log10(Math.max(power, 1e-6)) / 3);
}
