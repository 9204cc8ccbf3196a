"""What the worker does, and how often it looks."""

import os
from typing import Final

from tidegate.accounts.jobs import clear_ended_sessions
from tidegate.core.jobs import look_at_tables
from tidegate.core.worker import Job
from tidegate.demo.heartbeat import beat
from tidegate.entitlements.elevation_jobs import close_elevations
from tidegate.entitlements.jobs import (
    apply_ended_reviews,
    attend_assignments,
    attend_guests,
    begin_due_reviews,
    call_waiting_alternates,
    deny_overdue_requests,
)
from tidegate.feeds.jobs import sweep_allowances, warn_of_endings, watch_consumers
from tidegate.feeds.subscription_jobs import (
    end_expired_subscriptions,
    read_changes_for_subscriptions,
    tell_subscriptions,
)
from tidegate.gate.jobs import settle_waiting_events
from tidegate.incidents.clock_jobs import follow_level_changes, tell_of_clocks
from tidegate.incidents.jobs import import_uploaded_files, sweep_uploads
from tidegate.notifications.deliveries import BELLS
from tidegate.notifications.jobs import (
    close_bundles,
    delete_old,
    escalate,
    fetch_calendars,
    send_chats,
    send_mails,
    send_webhooks,
    take_over_access_notices,
    tell_what_happened,
)
from tidegate.notifications.words import ChannelKind
from tidegate.oauth.jobs import delete_ended, delete_old_sign_ins, rotate_keys

JOBS: Final = (
    Job("settle waiting events", settle_waiting_events, every=1.0),
    Job("import uploaded files", import_uploaded_files, every=0.5),
    Job("follow changes of service levels", follow_level_changes, every=1.0),
    Job("tell of clocks", tell_of_clocks, every=5.0),
    Job("sweep uploads", sweep_uploads, every=3600.0),
    Job("clear ended sessions", clear_ended_sessions, every=600.0),
    Job("tell what happened", tell_what_happened, every=0.2),
    Job("close bundles", close_bundles, every=1.0),
    Job("escalate", escalate, every=5.0),
    Job("fetch calendars", fetch_calendars, every=30.0),
    Job("delete old notifications", delete_old, every=3600.0),
    Job("send mails", send_mails, every=0.2, bell=BELLS[ChannelKind.MAIL]),
    Job("send webhooks", send_webhooks, every=0.5, bell=BELLS[ChannelKind.WEBHOOK]),
    Job("send chats", send_chats, every=0.5, bell=BELLS[ChannelKind.CHAT]),
    Job("watch consumers of feeds", watch_consumers, every=20.0),
    Job("warn of endings", warn_of_endings, every=600.0),
    Job("sweep allowances", sweep_allowances, every=3600.0),
    Job("take over access notices", take_over_access_notices, every=0.5),
    Job("rotate signing keys", rotate_keys, every=3600.0),
    Job("delete ended codes and tokens", delete_ended, every=600.0),
    Job("delete old sign-ins", delete_old_sign_ins, every=3600.0),
    Job("attend to assignments", attend_assignments, every=15.0),
    Job("attend to guests", attend_guests, every=60.0),
    Job("deny overdue requests", deny_overdue_requests, every=15.0),
    Job("call alternates", call_waiting_alternates, every=15.0),
    Job("close elevations", close_elevations, every=15.0),
    Job("begin due reviews", begin_due_reviews, every=300.0),
    Job("apply ended reviews", apply_ended_reviews, every=60.0),
    Job("read changes for subscriptions", read_changes_for_subscriptions, every=1.0),
    Job("tell subscriptions", tell_subscriptions, every=1.0),
    # A receiver that does not answer holds up one of them at a time.
    Job("tell more subscriptions", tell_subscriptions, every=2.0),
    Job("end expired subscriptions", end_expired_subscriptions, every=60.0),
    Job("look at tables", look_at_tables, every=3600.0),
)
DEMO_JOBS: Final = (Job("demo heartbeat", beat, every=20.0),)


def jobs() -> tuple[Job, ...]:
    """The jobs of this installation; a demo has one more that keeps it alive."""
    return JOBS + DEMO_JOBS if os.environ.get("TIDEGATE_DEMO") == "yes" else JOBS
