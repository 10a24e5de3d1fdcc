"""How a worker picks its jobs from arq's queue: all it has room for in one message.

arq's own way asks for each job in the queue, also those that are under way, which stay in it until they end. A worker
full of slow jobs would spend its time asking about them, and whoever comes after them would wait for that.
"""

from __future__ import annotations

from typing import Any

from arq.constants import in_progress_key_prefix
from arq.worker import Worker

# KEYS: the queue. ARGV: milliseconds a job is blocked for others, where its block is kept, how many are wanted, names.
# What somebody else works on, or has just ended, is left out.
_TAKE = """
local mine = {}
for at = 4, #ARGV do
    if #mine >= 2 * tonumber(ARGV[3]) then break end
    local score = redis.call('ZSCORE', KEYS[1], ARGV[at])
    if score and redis.call('SET', ARGV[2] .. ARGV[at], '1', 'PX', ARGV[1], 'NX') then
        mine[#mine + 1] = ARGV[at]
        mine[#mine + 1] = score
    end
end
return mine
"""


class PickingWorker(Worker):
    """arq's worker in all but this."""

    async def start_jobs(self, job_ids: list[bytes]) -> None:
        """Start those of the due jobs that nobody works on, as far as there is room."""
        fresh = [name for name in map(bytes.decode, job_ids) if name not in self.tasks]
        room = self.max_jobs - self.job_counter
        if not fresh or room <= 0:
            return
        said = (str(int(self.in_progress_timeout_s * 1000)), in_progress_key_prefix, str(room), *fresh)
        mine: list[bytes] = await self.pool.eval(_TAKE, 1, self.queue_name, *said)  # type: ignore[misc] # typed for both clients
        for name, score in zip(mine[::2], mine[1::2], strict=True):
            await self._begin(name.decode(), round(float(score)))

    async def _begin(self, name: str, score: int) -> None:
        await self.sem.acquire()
        self.job_counter += 1
        self.tasks[name] = task = self.loop.create_task(self.run_job(name, score))
        task.add_done_callback(self._ended)

    def _ended(self, _task: Any) -> None:
        self._release_sem_dec_counter_on_complete()
