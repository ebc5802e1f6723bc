/* Audio worklet "playback": frames of 20 ms, mono, 8 kHz, 16 bit, as they come from the network.
   Takes {frame: ArrayBuffer}, {mark: ref}, {flush: true}, {close: true}; posts {played: ref} when all before the mark is out, {level}. */
import { Resampler, level } from "./resample.js";

const RATE = 8000;
const START = 3; // frames that are kept before it begins: so much the network may be uneven
const START_WITHIN = 0.08; // seconds; what is there after that is played
const CALM = 16; // more frames than this are too late by too much: quiet ones are left out
const MOST = 50;
const QUIET = 0.2; // level; -48 dBFS
const METER = 5; // frames between two levels
const FADE = 96; // samples of what is playing are faded out by a flush: no click

class Playback extends AudioWorkletProcessor {
  constructor() {
    super();
    this.resampler = new Resampler(RATE, sampleRate);
    this.queue = []; // Float32Array of a frame, or the ref of a mark
    this.frames = 0;
    this.now = new Float32Array(0);
    this.at = 0;
    this.waits = true;
    this.waitsSince = null;
    this.heard = [];
    this.open = true;
    this.port.onmessage = ({ data }) => this.take(data);
  }

  take({ frame, mark, flush, close }) {
    if (frame) {
      this.queue.push(Float32Array.from(new Int16Array(frame), (sample) => sample / 32768));
      this.frames += 1;
    } else if (mark !== undefined) this.queue.push(mark);
    else if (flush) this.flush();
    else if (close) this.open = false;
  }

  flush() {
    this.queue = [];
    this.frames = 0;
    this.now = this.now.slice(this.at, this.at + FADE).map((sample, i, all) => sample * (1 - i / all.length));
    this.at = 0;
    this.resampler.reset();
  }

  process(_, [[out]]) {
    for (let i = 0; i < out.length; i++) {
      if (this.at === this.now.length && !this.next()) break; // the rest stays silent
      out[i] = this.now[this.at++];
    }
    return this.open;
  }

  /* Makes the next frame ready. False: there is none to be played now. */
  next() {
    if (this.waits && !this.enough()) return false;
    while (this.queue.length) {
      const next = this.queue.shift();
      if (typeof next === "number") { this.port.postMessage({ played: next }); continue; }
      this.frames -= 1;
      const loud = level(next);
      if (this.frames >= MOST || (this.frames >= CALM && loud < QUIET)) continue;
      this.tell(loud);
      this.now = this.resampler.push(next);
      this.at = 0;
      this.waits = false;
      if (this.now.length) return true;
    }
    if (!this.waits) this.tell(0);
    this.waits = true;
    this.waitsSince = null;
    return false;
  }

  enough() {
    if (!this.queue.length) return false;
    this.waitsSince ??= currentTime;
    return this.frames >= START || currentTime - this.waitsSince >= START_WITHIN;
  }

  tell(loud) {
    this.heard.push(loud);
    if (this.heard.length < METER && loud) return;
    this.port.postMessage({ level: loud ? Math.max(...this.heard) : 0 });
    this.heard = [];
  }
}

registerProcessor("playback", Playback);
