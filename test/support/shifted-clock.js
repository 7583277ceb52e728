// A machine whose clock steps: node --import ./test/support/shifted-clock.js …; at SIGUSR2 by CLOCK_SHIFT milliseconds.
const RightDate = Date;
let shift = 0;

globalThis.Date = class extends RightDate {
  constructor(...given) {
    if (given.length === 0) super(RightDate.now() + shift);
    else super(...given);
  }
  static now() {
    return RightDate.now() + shift;
  }
};

process.on('SIGUSR2', () => {
  shift = Number(process.env.CLOCK_SHIFT);
  process.stdout.write(`shifted by ${shift}\n`);
});
