using System.Text.Json;
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
            failing?.Reason ?? "", failing?.Message ?? "")
        {
            HasUserNamespaces = answer.RuntimeHandlers.Any(handler =>
                handler.Name == _options.RuntimeHandler && handler.Features?.UserNamespaces == true),
        };
    }

    /// <summary>A setting of containerd's CRI, which its status tells when asked for all; null where it does
    /// not.</summary>
    private async Task<string?> ConfiguredAsync(string setting, CancellationToken cancellation)
    {
        var status = await CallAsync(Runtime(QueryTimeout).StatusAsync(
            new StatusRequest { Verbose = true }, cancellationToken: cancellation));
        if (!status.Info.TryGetValue("config", out var text))
        {
            return null;
        }

        using var config = JsonDocument.Parse(text);
        return config.RootElement.ValueKind == JsonValueKind.Object
            && config.RootElement.TryGetProperty(setting, out var value) && value.ValueKind == JsonValueKind.String
                ? value.GetString()
                : null;
    }

    private static bool Holds(List<RuntimeCondition> conditions, string type) =>
        conditions.Any(condition => condition.Type == type && condition.Status);
}
