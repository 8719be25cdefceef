using ActorOrchestrator.Agent.Containers;
using ActorOrchestrator.Agent.Cri.Protocol;

namespace ActorOrchestrator.Agent.Cri;

public sealed partial class CriRuntime
{
    public async Task<RuntimeHealth> StatusAsync(CancellationToken cancellation)
    {
        var answer = await CallAsync(
            Runtime(QueryTimeout).StatusAsync(new StatusRequest(), cancellationToken: cancellation));
        var conditions = answer.Status?.Conditions.ToList() ?? [];
        var failing = conditions.FirstOrDefault(condition => !condition.Status);
        return new RuntimeHealth(Holds(conditions, "RuntimeReady"), Holds(conditions, "NetworkReady"),
            failing?.Reason ?? "", failing?.Message ?? "");
    }

    private static bool Holds(List<RuntimeCondition> conditions, string type) =>
        conditions.Any(condition => condition.Type == type && condition.Status);
}
