"""What Amazon CloudWatch tells of the money that SMS cost this month."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from flowengine.simulator.cloud.state import Answer, Request

__all__ = ["get_metric_data", "get_metric_statistics"]

SPENT: Final = ("AWS/SNS", "SMSMonthToDateSpentUSD")
"""The metric of what SMS cost since the month began (sns-sms-monitoring)."""


def get_metric_data(request: Request) -> Answer:
    """
    Return the values of metrics; those that the account does not have are empty.

    Source: GetMetricData.
    """
    results = [_result(request, query) for query in request.params["MetricDataQueries"]]
    return {"MetricDataResults": results, "Messages": []}


def get_metric_statistics(request: Request) -> Answer:
    """
    Return statistics of one metric.

    Source: GetMetricStatistics.
    """
    params = request.params
    points = _points(request, params, params["Period"])
    wanted = params.get("Statistics", ())
    datapoints = [
        {"Timestamp": at, "Unit": "None", **{name: 1.0 if name == "SampleCount" else value for name in wanted}}
        for at, value in points
    ]
    return {"Label": params["MetricName"], "Datapoints": datapoints}


def _result(request: Request, query: Mapping[str, Any]) -> dict[str, Any]:
    stat = query.get("MetricStat")
    points = _points(request, stat["Metric"], stat["Period"]) if stat is not None else []
    return {
        "Id": query["Id"],
        "Label": query.get("Label") or (stat["Metric"]["MetricName"] if stat is not None else query["Id"]),
        "Timestamps": [at for at, _ in points],
        "Values": [value for _, value in points],
        "StatusCode": "Complete",
    }


def _points(request: Request, metric: Mapping[str, Any], period: int) -> list[tuple[float, float]]:
    """The one point that there is: what was spent until now, where it was anything and is asked for."""
    spent = request.sms().spent
    known = (metric["Namespace"], metric["MetricName"]) == SPENT and not metric.get("Dimensions")
    at = request.now - request.now % period
    asked_for = request.params["StartTime"] <= request.now and at < request.params["EndTime"]
    return [(at, spent)] if known and spent and asked_for else []
