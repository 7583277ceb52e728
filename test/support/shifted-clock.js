// A machine whose clock steps: node --import ./test/support/shifted-clock.js …; from SIGUSR2 on by CLOCK_SHIFT milliseconds.
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
  // To and fro, so that no look at the right time puts it right for long.
  setInterval(() => {
    shift = shift === 0 ? Number(process.env.CLOCK_SHIFT) : 0;
  }, 20).unref();
  process.stdout.write('stepping\n');
});
