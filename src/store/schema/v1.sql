-- Schema version 1. Append-only: never edit after a release, add v2.sql.
--
-- No primary keys, indexes or sequences: the same statements run on DuckLake, which has none. Ids are 64-bit hashes
-- of natural keys; uniqueness is kept by inserting where absent. Times are UTC. Missing is NULL, never 0.

CREATE TABLE models (
    model_id            UBIGINT NOT NULL,
    model_name          VARCHAR NOT NULL,   -- as the results spell it
    canonical_name      VARCHAR,            -- where the table of aliases has another
    model_family        VARCHAR,
    modality            VARCHAR,
    source              VARCHAR,
    version             VARCHAR,
    parameters_million  DOUBLE,
    metadata            JSON,
    created_at          TIMESTAMP NOT NULL
);

CREATE TABLE hardware_platforms (
    hardware_id         UBIGINT NOT NULL,
    hardware_type       VARCHAR NOT NULL,
    device_name         VARCHAR,
    platform            VARCHAR,
    platform_version    VARCHAR,
    driver_version      VARCHAR,
    memory_gb           DOUBLE,
    compute_units       INTEGER,
    cpu_model           VARCHAR,
    gpu                 VARCHAR,
    metadata            JSON,
    created_at          TIMESTAMP NOT NULL
);

-- What was imported: one row for each file and run, with what the file says of the run. It is one table because every
-- table that holds anything takes a block of 16 KiB, and every row an import writes takes a statement.
CREATE TABLE imports (
    source_id               UBIGINT NOT NULL,
    run_id                  UBIGINT NOT NULL,
    file_name               VARCHAR NOT NULL,
    content_hash            VARCHAR NOT NULL,
    format                  VARCHAR NOT NULL,
    bytes                   UBIGINT NOT NULL,
    imported_at             TIMESTAMP NOT NULL,
    tool_version            VARCHAR NOT NULL,
    run_key                 VARCHAR NOT NULL,
    attempt                 UINTEGER NOT NULL,
    test_name               VARCHAR,            -- the suite
    test_type               VARCHAR NOT NULL,
    started_at              TIMESTAMP,          -- the order of a history; NULL where the file does not tell
    completed_at            TIMESTAMP,
    execution_time_seconds  DOUBLE,
    success                 BOOLEAN,
    git_commit              VARCHAR,
    git_branch              VARCHAR,
    ci_trigger              VARCHAR,            -- push, pull_request, merge_group, schedule, ...
    command_line            VARCHAR,
    metadata                JSON                -- the run's environment
);

-- Where rows came from.
CREATE VIEW sources AS
SELECT source_id, run_id, file_name, content_hash, format, bytes, imported_at, tool_version
FROM imports;

-- A run is as the first of its files says. Their place has a name, since DuckDB 1.5 fails (INTERNAL Error) where a
-- condition on a column, such as IS NULL, meets a window over `rowid` itself.
CREATE VIEW test_runs AS
SELECT
    run_id, run_key, attempt, test_name, test_type, started_at, completed_at, execution_time_seconds, success, git_commit,
    git_branch, ci_trigger, command_line, metadata, imported_at AS created_at
FROM (SELECT *, rowid AS place FROM imports)
QUALIFY row_number() OVER (PARTITION BY run_id ORDER BY place) = 1;

CREATE TABLE configurations (
    configuration_id    UBIGINT NOT NULL,
    model_id            UBIGINT NOT NULL,
    hardware_id         UBIGINT NOT NULL,
    test_case           VARCHAR,
    batch_size          UINTEGER,
    "precision"         VARCHAR,
    parameters          JSON NOT NULL,
    is_simulated        BOOLEAN NOT NULL
);

-- One configuration in one run: its natural key. `result_id`, where the former system's tables have one, is the
-- exclusive or of the two hashes.
CREATE TABLE results (
    run_id              UBIGINT NOT NULL,
    configuration_id    UBIGINT NOT NULL,
    source_id           UBIGINT NOT NULL,
    error_message       VARCHAR,            -- why it failed; NULL where it completed
    simulation_reason   VARCHAR,
    measured_at         TIMESTAMP,
    iterations          UBIGINT,
    warmup_iterations   UBIGINT,
    total_time_seconds  DOUBLE
);

-- One metric of one result, in the canonical unit.
CREATE TABLE measurements (
    run_id              UBIGINT NOT NULL,
    configuration_id    UBIGINT NOT NULL,
    metric              VARCHAR NOT NULL,
    "value"             DOUBLE NOT NULL,
    unit                VARCHAR NOT NULL,
    original_unit       VARCHAR,            -- as the source spelled it, where that differs
    higher_is_better    BOOLEAN,            -- NULL where nobody says
    samples             DOUBLE[]
);

CREATE TABLE hardware_compatibility (
    compatibility_id        UBIGINT NOT NULL,
    run_id                  UBIGINT NOT NULL,
    model_id                UBIGINT NOT NULL,
    hardware_id             UBIGINT NOT NULL,
    is_compatible           BOOLEAN,            -- NULL where the file gives no answer
    detection_success       BOOLEAN,
    initialization_success  BOOLEAN,
    error_message           VARCHAR,
    error_type              VARCHAR,
    suggested_fix           VARCHAR,
    workaround_available    BOOLEAN,
    compatibility_score     DOUBLE,
    is_simulated            BOOLEAN NOT NULL,
    simulation_reason       VARCHAR,
    metadata                JSON,
    tested_at               TIMESTAMP,
    source_id               UBIGINT,
    created_at              TIMESTAMP NOT NULL
);

-- Whether a machine had a hardware type when it was looked for.
CREATE TABLE hardware_detections (
    detection_id    UBIGINT NOT NULL,
    run_id          UBIGINT NOT NULL,
    hardware_id     UBIGINT NOT NULL,
    is_available    BOOLEAN NOT NULL,
    error_message   VARCHAR,
    metadata        JSON,
    detected_at     TIMESTAMP,
    source_id       UBIGINT,
    created_at      TIMESTAMP NOT NULL
);

-- Results whose values look made up. A table of its own: nearly no result has one.
CREATE TABLE suspicions (
    run_id              UBIGINT NOT NULL,
    configuration_id    UBIGINT NOT NULL,
    reason              VARCHAR NOT NULL
);

CREATE TABLE integration_test_results (
    test_result_id          UBIGINT NOT NULL,
    run_id                  UBIGINT NOT NULL,
    test_module             VARCHAR NOT NULL,
    test_class              VARCHAR,
    test_name               VARCHAR NOT NULL,
    status                  VARCHAR NOT NULL,   -- pass, fail, error, skip
    execution_time_seconds  DOUBLE,
    hardware_id             UBIGINT,
    model_id                UBIGINT,
    error_message           VARCHAR,
    error_traceback         VARCHAR,
    is_simulated            BOOLEAN NOT NULL,
    metadata                JSON,
    tested_at               TIMESTAMP,
    source_id               UBIGINT,
    created_at              TIMESTAMP NOT NULL
);

CREATE TABLE integration_test_assertions (
    assertion_id    UBIGINT NOT NULL,
    test_result_id  UBIGINT NOT NULL,
    assertion_name  VARCHAR NOT NULL,
    passed          BOOLEAN NOT NULL,
    expected_value  VARCHAR,
    actual_value    VARCHAR,
    message         VARCHAR,
    created_at      TIMESTAMP NOT NULL
);

-- What somebody decided about baselines. Rows are added and never changed; an `undo` takes an earlier one back.
CREATE TABLE decisions (
    decision_id         UBIGINT NOT NULL,
    kind                VARCHAR NOT NULL,       -- accept, pin, rename, rotate, prune, drop, undo
    configuration_id    UBIGINT,                -- accept, drop: of which series
    metric              VARCHAR,
    "name"              VARCHAR,                -- pin: what it is called; rename: the name so far
    new_name            VARCHAR,                -- rename: the name from then on
    named_part          VARCHAR,                -- rename: what has the name: model, test-case, device, metric
    effective_at        TIMESTAMP,              -- accept: when the epoch begins; pin: when the commit was last measured
    git_commit          VARCHAR,
    archive             VARCHAR,                -- rotate, prune, drop: the folder that holds what left
    manifest_hash       VARCHAR,
    undoes              UBIGINT,                -- undo: which decision
    actor               VARCHAR NOT NULL,
    reason              VARCHAR NOT NULL,
    decided_at          TIMESTAMP NOT NULL
);

-- Runs that left the history into an archive: one row for each file and run that `imports` had. They are not taken again
-- while the decision holds.
CREATE TABLE archived_runs (
    decision_id         UBIGINT NOT NULL,
    source_id           UBIGINT NOT NULL,
    run_id              UBIGINT NOT NULL,
    content_hash        VARCHAR NOT NULL,
    run_key             VARCHAR NOT NULL,
    attempt             UINTEGER NOT NULL,
    leg                 VARCHAR,
    bundle              VARCHAR
);

-- Every measurement with its names: the view to start from.
CREATE VIEW history AS
SELECT
    m.model_name AS model,
    coalesce(m.canonical_name, m.model_name) AS canonical_model,
    h.hardware_type AS hardware,
    h.device_name AS device,
    c.test_case,
    c.batch_size,
    c."precision",
    c.parameters,
    f.metric,
    f."value",
    f.unit,
    f.higher_is_better,
    f.samples,
    coalesce(r.measured_at, t.started_at) AS measured_at,
    t.started_at,
    t.run_key,
    t.attempt,
    t.test_name AS suite,
    t.git_commit,
    t.git_branch,
    t.ci_trigger,
    c.is_simulated,
    h.cpu_model,
    f.run_id,
    f.configuration_id,
    h.hardware_id
FROM measurements f
JOIN results r ON r.run_id = f.run_id AND r.configuration_id = f.configuration_id
JOIN test_runs t ON t.run_id = f.run_id
JOIN configurations c ON c.configuration_id = f.configuration_id
JOIN models m ON m.model_id = c.model_id
JOIN hardware_platforms h ON h.hardware_id = c.hardware_id;

-- The former system's wide table: completed results only, one row each.
CREATE VIEW performance_results AS
WITH wide AS (
    SELECT
        run_id,
        configuration_id,
        max("value") FILTER (WHERE metric = 'latency' AND unit = 'ms') AS average_latency_ms,
        max("value") FILTER (WHERE metric = 'latency_p90' AND unit = 'ms') AS latency_p90,
        max("value") FILTER (WHERE metric = 'latency_p95' AND unit = 'ms') AS latency_p95,
        max("value") FILTER (WHERE metric = 'latency_p99' AND unit = 'ms') AS latency_p99,
        max("value") FILTER (WHERE metric = 'throughput' AND unit = 'items/s') AS throughput_items_per_second,
        max("value") FILTER (WHERE metric = 'memory_peak' AND unit = 'MB') AS memory_peak_mb,
        json_group_object(metric, "value") AS metrics
    FROM measurements
    GROUP BY run_id, configuration_id
)
SELECT
    xor(r.run_id, r.configuration_id) AS result_id,
    r.run_id,
    c.model_id,
    c.hardware_id,
    m.model_name,
    m.model_family,
    h.hardware_type,
    h.device_name,
    c.test_case,
    c.batch_size,
    c."precision",
    c.parameters,
    r.total_time_seconds,
    w.average_latency_ms,
    w.latency_p90,
    w.latency_p95,
    w.latency_p99,
    w.throughput_items_per_second,
    w.memory_peak_mb,
    r.iterations,
    r.warmup_iterations,
    w.metrics,
    c.is_simulated,
    r.simulation_reason,
    u.reason AS suspicion,
    coalesce(r.measured_at, t.started_at) AS measured_at,
    t.git_commit,
    t.git_branch,
    s.file_name AS source_file,
    s.imported_at AS created_at
FROM results r
JOIN wide w ON w.run_id = r.run_id AND w.configuration_id = r.configuration_id
JOIN test_runs t ON t.run_id = r.run_id
JOIN configurations c ON c.configuration_id = r.configuration_id
JOIN models m ON m.model_id = c.model_id
JOIN hardware_platforms h ON h.hardware_id = c.hardware_id
JOIN sources s ON s.source_id = r.source_id
LEFT JOIN suspicions u ON u.run_id = r.run_id AND u.configuration_id = r.configuration_id
WHERE r.error_message IS NULL;

CREATE VIEW benchmark_performance AS
SELECT
    model_name AS model,
    hardware_type AS hardware,
    device_name AS device,
    batch_size,
    "precision",
    throughput_items_per_second AS throughput,
    average_latency_ms AS latency_avg,
    latency_p90,
    latency_p95,
    latency_p99,
    memory_peak_mb AS memory_peak,
    measured_at AS "timestamp",
    source_file,
    coalesce(simulation_reason, suspicion) AS notes,
    is_simulated
FROM performance_results;

CREATE VIEW benchmark_hardware AS
SELECT
    h.hardware_type,
    h.device_name,
    coalesce(d.is_available, TRUE) AS is_available,
    h.platform,
    h.driver_version,
    h.memory_gb * 1000 AS memory_total,
    CAST(NULL AS DOUBLE) AS memory_free,
    json_extract_string(h.metadata, '$.compute_capability') AS compute_capability,
    d.error_message AS "error",
    coalesce(d.detected_at, t.started_at, CASE WHEN d.detection_id IS NULL THEN h.created_at END) AS "timestamp",
    s.file_name AS source_file
FROM hardware_platforms h
LEFT JOIN hardware_detections d ON d.hardware_id = h.hardware_id
LEFT JOIN test_runs t ON t.run_id = d.run_id
LEFT JOIN sources s ON s.source_id = d.source_id;

CREATE VIEW benchmark_compatibility AS
SELECT
    m.model_name AS model,
    h.hardware_type,
    c.is_compatible,
    json_extract_string(c.metadata, '$.compatibility_level') AS compatibility_level,
    c.error_message,
    c.error_type,
    CAST(json_extract(c.metadata, '$.memory_required') AS DOUBLE) AS memory_required,
    CAST(json_extract(c.metadata, '$.memory_available') AS DOUBLE) AS memory_available,
    coalesce(c.tested_at, t.started_at) AS "timestamp",
    s.file_name AS source_file
FROM hardware_compatibility c
JOIN test_runs t ON t.run_id = c.run_id
JOIN models m ON m.model_id = c.model_id
JOIN hardware_platforms h ON h.hardware_id = c.hardware_id
LEFT JOIN sources s ON s.source_id = c.source_id;

-- The newest result of every full configuration.
CREATE VIEW latest_performance_metrics AS
SELECT *
FROM (
    SELECT
        model_name,
        model_family,
        hardware_type,
        device_name,
        test_case,
        batch_size,
        "precision",
        parameters,
        average_latency_ms,
        throughput_items_per_second,
        memory_peak_mb,
        is_simulated,
        measured_at,
        created_at,
        row_number() OVER (
            PARTITION BY model_id, hardware_id, test_case, batch_size, "precision", CAST(parameters AS VARCHAR), is_simulated
            ORDER BY measured_at DESC, result_id
        ) AS rn
    FROM performance_results
)
WHERE rn = 1;

CREATE VIEW model_hardware_compatibility AS
SELECT
    m.model_name,
    m.model_family,
    h.hardware_type,
    h.device_name,
    count(*) FILTER (WHERE c.is_compatible) AS compatible_count,
    count(*) FILTER (WHERE NOT c.is_compatible) AS incompatible_count,
    avg(c.compatibility_score) AS avg_compatibility_score,
    max(coalesce(c.tested_at, t.started_at)) AS last_tested
FROM hardware_compatibility c
JOIN test_runs t ON t.run_id = c.run_id
JOIN models m ON m.model_id = c.model_id
JOIN hardware_platforms h ON h.hardware_id = c.hardware_id
GROUP BY m.model_name, m.model_family, h.hardware_type, h.device_name;

CREATE VIEW integration_test_status AS
SELECT
    test_module,
    count(*) AS total_tests,
    count(*) FILTER (WHERE status = 'pass') AS passed,
    count(*) FILTER (WHERE status = 'fail') AS failed,
    count(*) FILTER (WHERE status = 'error') AS errors,
    count(*) FILTER (WHERE status = 'skip') AS skipped,
    max(coalesce(tested_at, started_at)) AS last_run
FROM integration_test_results JOIN test_runs USING (run_id)
GROUP BY test_module;
