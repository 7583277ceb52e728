import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { ApprovalDecisions } from './approval-decisions.service.js';
import { ApprovalLetters } from './approval-letters.service.js';
import { ApprovalsController } from './approvals.controller.js';
import { Approvals } from './approvals.service.js';
import { AutosavesController } from './autosaves.controller.js';
import { BlockPages } from './blocks/block-pages.service.js';
import { BlocksController } from './blocks/blocks.controller.js';
import { Blocks } from './blocks/blocks.service.js';
import { TeamBlocksController } from './blocks/team-blocks.controller.js';
import { DeletionsController } from './deletions.controller.js';
import { Deletions } from './deletions.service.js';
import { DeskController } from './desk.controller.js';
import { DeskJobs } from './desk.jobs.js';
import { Desk } from './desk.service.js';
import { DeskPages } from './desk-pages.service.js';
import { DeskSettingsController } from './desk-settings.controller.js';
import { DeskSettings } from './desk-settings.service.js';
import { Draft, DraftMedia, DraftPart } from './draft.entity.js';
import { DraftShape } from './draft-shape.service.js';
import { Drafts } from './drafts.service.js';
import { Duty } from './duty.service.js';
import { Faces } from './faces.service.js';
import { LookController } from './look.controller.js';
import { MediaController } from './media.controller.js';
import { AnswerTargets } from './mentions/answer-targets.service.js';
import { Inbox } from './mentions/inbox.service.js';
import { InboxPages } from './mentions/inbox-pages.service.js';
import { MentionCalls } from './mentions/mention-calls.service.js';
import { MentionPulls } from './mentions/mention-pulls.service.js';
import { MentionRechecks } from './mentions/mention-rechecks.service.js';
import { MentionRows } from './mentions/mention-rows.service.js';
import { MentionsController } from './mentions/mentions.controller.js';
import { MentionsJobs } from './mentions/mentions.jobs.js';
import { TeamMentionsController } from './mentions/team-mentions.controller.js';
import { NotesController } from './notes/notes.controller.js';
import { Notes } from './notes/notes.service.js';
import { TeamNotesController } from './notes/team-notes.controller.js';
import { PlanController } from './plans/plan.controller.js';
import { Plans } from './plans/plans.service.js';
import { TeamPlansController } from './plans/team-plans.controller.js';
import { PostNews } from './post-news.service.js';
import { PostQueue } from './post-queue.service.js';
import { QueuedPostsController } from './queued-posts.controller.js';
import { Sending } from './sending.service.js';
import { TakeBacks } from './take-backs.service.js';
import { TeamDeletionsController } from './team-deletions.controller.js';
import { ThreadNews } from './thread-news.service.js';
import { Uploads } from './uploads.service.js';

@Module({
  imports: [TypeOrmModule.forFeature([Draft, DraftMedia, DraftPart])],
  controllers: [
    ApprovalsController,
    AutosavesController,
    DeskController,
    DeskSettingsController,
    DeletionsController,
    TeamDeletionsController,
    QueuedPostsController,
    LookController,
    MediaController,
    MentionsController,
    NotesController,
    TeamMentionsController,
    TeamNotesController,
    PlanController,
    TeamPlansController,
    BlocksController,
    TeamBlocksController,
  ],
  providers: [
    ApprovalDecisions,
    ApprovalLetters,
    Approvals,
    PostQueue,
    Desk,
    DeskSettings,
    Deletions,
    DeskPages,
    Drafts,
    DraftShape,
    Faces,
    Uploads,
    Sending,
    TakeBacks,
    ThreadNews,
    PostNews,
    DeskJobs,
    BlockPages,
    Blocks,
    AnswerTargets,
    Inbox,
    InboxPages,
    MentionCalls,
    MentionPulls,
    MentionRechecks,
    MentionRows,
    MentionsJobs,
    Duty,
    Notes,
    Plans,
  ],
  exports: [Desk],
})
export class DeskModule {}
