using System.Diagnostics.Metrics;

namespace ActorOrchestrator.Agent.Nodes;

/// <summary>The numbers of this process's agents: counts of what they did and how long that took (seconds). One for all
/// of them, since the runtime keeps every meter with its instruments for good.</summary>
public sealed class AgentInstruments
{
    public const string MeterName = "ActorOrchestrator.Agent";

    public static readonly AgentInstruments Shared = new();

    private readonly Counter<long> _operations;
    private readonly Counter<long> _failures;
    private readonly Histogram<double> _operationSeconds;
    private readonly Counter<long> _probes;
    private readonly Counter<long> _restarts;
    private readonly Counter<long> _reports;
    private readonly Histogram<double> _podStartSeconds;
    private readonly UpDownCounter<long> _pods;

    private AgentInstruments()
    {
        var meter = new Meter(MeterName);
        _operations = meter.CreateCounter<long>(
            "orchestrator_agent_operations_total", description: "Operations ended, by kind.");
        _failures = meter.CreateCounter<long>(
            "orchestrator_agent_operation_failures_total", description: "Operations that failed, by kind.");
        _operationSeconds = meter.CreateHistogram<double>(
            "orchestrator_agent_operation_duration_seconds", "s", "How long operations took, by kind.");
        _probes = meter.CreateCounter<long>(
            "orchestrator_agent_probes_total", description: "Probes sent, by kind and result.");
        _restarts = meter.CreateCounter<long>(
            "orchestrator_agent_container_restarts_total", description: "Containers started again after an end.");
        _reports = meter.CreateCounter<long>(
            "orchestrator_agent_status_reports_total", description: "Pod statuses reported.");
        _podStartSeconds = meter.CreateHistogram<double>(
            "orchestrator_agent_pod_start_duration_seconds",
            "s", "From a pod's assignment to its first Running report.");
        _pods = meter.CreateUpDownCounter<long>(
            "orchestrator_agent_pods", description: "Pods with a worker on this node.");
    }

    public void OperationEnded(string kind, TimeSpan took, bool failed)
    {
        var tag = new KeyValuePair<string, object?>("operation", kind);
        _operations.Add(1, tag);
        _operationSeconds.Record(took.TotalSeconds, tag);
        if (failed)
        {
            _failures.Add(1, tag);
        }
    }

    public void ProbeAnswered(string kind, bool? succeeded)
    {
        var result = succeeded switch { true => "successful", false => "failed", _ => "unknown" };
        _probes.Add(1, new("probe_type", kind), new("result", result));
    }

    public void ContainerRestarted() => _restarts.Add(1);

    public void StatusReported() => _reports.Add(1);

    public void PodStarted(TimeSpan took) => _podStartSeconds.Record(took.TotalSeconds);

    public void PodTaken() => _pods.Add(1);

    public void PodLeft() => _pods.Add(-1);
}
