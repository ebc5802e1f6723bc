/* Audio worklet "capture": the microphone as frames of 20 ms, mono, 8 kHz, 16 bit. Posts {pcm, level} for each, also while all is silent. */
import { Resampler, level } from "./resample.js";

const RATE = 8000;
const FRAME = 160;
const QUANTUM = new Float32Array(128);

class Capture extends AudioWorkletProcessor {
  constructor() {
    super();
    this.resampler = new Resampler(sampleRate, RATE);
    this.frame = new Float32Array(FRAME);
    this.filled = 0;
    this.open = true;
    this.port.onmessage = () => { this.open = false; };
  }

  process([channels]) {
    for (const sample of this.resampler.push(mono(channels))) {
      this.frame[this.filled++] = sample;
      if (this.filled === FRAME) this.post();
    }
    return this.open;
  }

  post() {
    const pcm = Int16Array.from(this.frame, (sample) => Math.max(-1, Math.min(1, sample)) * 32767);
    this.port.postMessage({ pcm: pcm.buffer, level: level(this.frame) }, [pcm.buffer]);
    this.filled = 0;
  }
}

/* A microphone that was pulled out has no channels any more: it is silent. */
function mono(channels) {
  if (!channels?.length) return QUANTUM;
  if (channels.length === 1) return channels[0];
  return channels[0].map((_, i) => channels.reduce((sum, channel) => sum + channel[i], 0) / channels.length);
}

registerProcessor("capture", Capture);
