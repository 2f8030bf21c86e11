//! What the autosave worker does, and when.

use std::time::Duration;

use super::{BufferKey, EditBuffer, Effects, Machine, Phase, Request, Submit};

/// What is due within this time is saved together with what is due now.
const TOGETHER: Duration = Duration::from_millis(50);

impl<C: Clone + Default> Machine<C> {
    /// Returns what the worker does next to a buffer, and when; `None` if nothing, or not before another write is answered.
    fn work_of(&self, key: BufferKey) -> Option<(Duration, Request)> {
        let buffer = &self.buffers[&key];
        if !buffer.is_free() || !matches!(self.phase, Phase::Open | Phase::Suspending | Phase::Closing) {
            return None;
        }
        let shows_stored = !buffer.is_dirty() || buffer.conflict.is_some();
        match &buffer.conflict {
            _ if buffer.is_stale && buffer.fields > 0 && shows_stored => Some((buffer.retry_due(), Request::Load)),
            Some(conflict) if buffer.edited > conflict.kept => {
                Some((buffer.typed_due(self.pace), Request::KeepUnresolved))
            }
            Some(_) => None,
            None if buffer.is_dirty() => Some((buffer.typed_due(self.pace), Request::Save)),
            None if !buffer.kept_lives.is_empty() => Some((buffer.typed_due(self.pace), Request::ForgetUnresolved)),
            None => None,
        }
    }

    pub(super) fn due_of(&self, key: BufferKey) -> Option<Duration> {
        self.work_of(key).map(|(due, _)| due)
    }

    /// Returns when the worker is needed next.
    pub(crate) fn next_due(&self) -> Option<Duration> {
        self.listed.iter().filter_map(|key| self.due_of(*key)).min()
    }

    /// Returns when a text is due next behind a write that is in flight now, after this time.
    pub(crate) fn next_in_the_way(&self, now: Duration) -> Option<Duration> {
        let busy = self.listed.iter().map(|key| &self.buffers[key]);
        let busy = busy.filter(|buffer| buffer.is_dirty() && buffer.in_flight.is_some());
        busy.map(|buffer| buffer.typed_due(self.pace)).filter(|due| *due > now).min()
    }

    /// Returns the jobs that are due, if any is, for the worker to drive. Those of one origin may share a transaction.
    pub(crate) fn take_due(&mut self, now: Duration) -> Vec<Submit<C>> {
        if self.next_due().is_none_or(|due| due > now) {
            return Vec::new();
        }
        let soon = now.saturating_add(TOGETHER);
        let listed: Vec<BufferKey> = self.listed.iter().copied().collect();
        let mut submits = Vec::new();
        for key in listed {
            if let Some((due, request)) = self.work_of(key)
                && due <= soon
            {
                let unsaved = self.buffers[&key].unsaved();
                submits.extend(self.do_first(key, request, unsaved));
            }
        }
        submits
    }

    /// Returns what is in flight in conversations whose text is due: nobody else may help it on.
    pub(crate) fn in_the_way(&self, now: Duration) -> Vec<C> {
        let buffers = self.listed.iter().map(|key| &self.buffers[key]);
        let is_due = |buffer: &&EditBuffer<C>| buffer.is_dirty() && buffer.typed_due(self.pace) <= now;
        let in_flight = buffers.filter(is_due).filter_map(|buffer| buffer.in_flight);
        in_flight.filter_map(|number| self.writes.get(&number)).map(|write| write.caller.clone()).collect()
    }

    /// Makes everything that is typed due now; returns where it is.
    pub(crate) fn hurry(&mut self, effects: &mut Effects<C>) -> Vec<BufferKey> {
        let dirty: Vec<BufferKey> = self.dirty().map(|(key, _)| key).collect();
        for key in &dirty {
            self.at(*key).hurry();
        }
        if !self.listed.is_empty() {
            effects.due = Some(Duration::ZERO);
        }
        dirty
    }
}
