"""A job worker: pays the bonus that a process asks for (see job-worker.md)."""

import asyncio
from decimal import Decimal
from typing import Any

from camunda_orchestration_sdk import CamundaAsyncClient
from camunda_orchestration_sdk.runtime.job_worker import ConnectedJobContext, JobError, JobFailure, WorkerConfig

LIMIT = Decimal(20_000)


async def pay(job: ConnectedJobContext) -> dict[str, Any]:
    """Pay a bonus; the process gets the receipt."""
    amount = Decimal(str(job.variables["amount"]))
    if amount > LIMIT:
        raise JobError("OVER_LIMIT", f"{amount} is more than {LIMIT}")
    try:
        receipt = await book(str(job.job_key), amount)
    except ConnectionError as away:
        raise JobFailure(str(away), retries=job.retries - 1, retry_back_off=60_000) from away
    return {"receipt": receipt}


async def book(key: str, amount: Decimal) -> str:
    """Book a payment with the payroll, which knows by the key whether it has it already."""
    return f"{key}/{amount:.2f}"


async def main() -> None:
    """Work until interrupted; address and password come from the environment."""
    config = WorkerConfig(
        job_type="pay-bonus",
        worker_name="payroll",
        job_timeout_milliseconds=60_000,
        request_timeout_milliseconds=20_000,
        fetch_variables=["amount"],
    )
    async with CamundaAsyncClient() as client:
        client.create_job_worker(config, pay)
        await client.run_workers()


if __name__ == "__main__":
    asyncio.run(main())
