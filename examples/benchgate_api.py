"""The former system's Python interface, on top of benchgate's REST API.

It needs Python 3.9 and nothing else. Start the server with `BENCHGATE_TOKEN=... benchgate serve`, then:

    from benchgate_api import BenchmarkDBAPI

    api = BenchmarkDBAPI("http://127.0.0.1:8000", token="...")
    api.store_performance_result(model_name="bert", hardware_type="cuda", throughput=812.0, latency_avg=1.9)
    print(api.get_performance_metrics(model_name="bert", hardware_type="cuda"))
    print(api.query("SELECT model, AVG(throughput) AS mean FROM benchmark_performance GROUP BY model"))
"""

import json
import os
import time
import urllib.error
import urllib.parse
import urllib.request


class ApiError(Exception):
    """What the server answered instead: `status`, `code` (DB001 to DB005) and words."""

    def __init__(self, status, problem):
        super().__init__(f"{problem.get('code', '')} {problem.get('detail', '')}".strip())
        self.status = status
        self.code = problem.get("code")
        self.hint = problem.get("hint")


class BenchmarkDBAPI:
    """A history behind a server. The token comes from BENCHGATE_TOKEN where none is given; reading needs none."""

    def __init__(self, url="http://127.0.0.1:8000", token=None, timeout=30.0, tries=5):
        self.url = url.rstrip("/")
        self.token = token or os.environ.get("BENCHGATE_TOKEN")
        self.timeout = timeout
        self.tries = tries

    def store_performance_result(self, model_name, hardware_type, throughput, latency_avg, **others):
        """Stores a result and returns its id. `others` are the further fields of POST /performance, such as
        `device_name`, `batch_size`, `precision`, `memory_peak`, `metrics` or `run_id`."""
        body = dict(others, model_name=model_name, hardware_type=hardware_type)
        body.update(throughput=throughput, latency_avg=latency_avg)
        return self._ask("POST", "/performance", body=body)["result_id"]

    def get_performance_metrics(self, model_name=None, hardware_type=None, **others):
        """The newest result of each configuration, a dict each. `others` are `batch_size`, `precision`, `latest_only`,
        `limit` and `offset`."""
        return self._ask("GET", "/performance", dict(others, model_name=model_name, hardware_type=hardware_type))

    def query(self, sql, parameters=None):
        """The rows of a SELECT statement, a dict each. `$name` in it takes the parameter of that name."""
        return self._ask("POST", "/query", body={"sql": sql, "parameters": parameters})

    def _ask(self, method, path, parameters=None, body=None):
        words = {name: str(value).lower() if isinstance(value, bool) else value for name, value in (parameters or {}).items()}
        query = urllib.parse.urlencode({name: value for name, value in words.items() if value is not None})
        request = urllib.request.Request(f"{self.url}{path}?{query}" if query else self.url + path, method=method)
        request.add_header("Accept", "application/json")
        if body is not None:
            present = {name: value for name, value in body.items() if value is not None}
            request.data = json.dumps(present, allow_nan=False).encode()
            request.add_header("Content-Type", "application/json")
        if self.token:
            request.add_header("Authorization", f"Bearer {self.token}")
        for tried in range(1, self.tries + 1):
            try:
                with urllib.request.urlopen(request, timeout=self.timeout) as answer:
                    return json.load(answer)
            except urllib.error.HTTPError as error:
                # The same request is stored once, however often it is sent.
                if error.code == 503 and tried < self.tries:
                    time.sleep(float(error.headers.get("Retry-After", 1)))
                    continue
                try:
                    problem = json.load(error)
                except ValueError:
                    problem = {"detail": error.reason}
                raise ApiError(error.code, problem) from None
