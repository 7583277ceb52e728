import { ENDS_ALL_THE_SAME, stepWords } from './handover-view.js';
import type { StepName } from './steps.js';
import { STILL_OPEN } from './tasks.js';

/** What the page before an act says, and its button. `end` is the last part of its address. */
export interface Act {
  title: string;
  end: string;
  says: string[];
  warning: string | null;
  button: string;
}

export const suspensionAct: Act = {
  title: 'Suspend this handover',
  end: 'suspension',
  says: [
    'No step is taken from now on until somebody resumes it. Nobody gets access from it, and nothing is said in public.',
    ENDS_ALL_THE_SAME,
    'The suspension belongs to this handover at this instant: when its turn is moved or cancelled in the rota, it goes with it.',
  ],
  warning: null,
  button: 'Suspend the handover',
};

export function overrideAct(step: StepName): Act {
  return {
    title: `Let “${stepWords[step]}” pass without proof`,
    end: `steps/${step}/override`,
    says: [
      'The handover goes on, and the next curator gets access at their time.',
      'Who let it pass, when and why stays on this page and in the audit log. The pages and the tasks go on saying that the access may still be open, until somebody confirms that it has ended.',
    ],
    warning: `${STILL_OPEN} Two people may then be able to act as the account at once: Baton cannot prevent what happens outside it.`,
    button: 'Let it pass',
  };
}

export function byHandAct(step: StepName): Act {
  return {
    title: `“${stepWords[step]}” was done by hand`,
    end: `steps/${step}/by-hand`,
    says: [
      'Baton no longer does this step itself. Say only that it was done when it was: nobody else will do it.',
      'Who said so, when and why stays on this page and in the audit log.',
    ],
    warning: null,
    button: 'Mark as done by hand',
  };
}
