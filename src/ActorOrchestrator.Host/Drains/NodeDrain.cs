using System.Net;
using System.Text;
using System.Text.Json;
using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Api.Policy;
using ActorOrchestrator.Api.Serialization;
using ActorOrchestrator.Host.Clients;
using ActorOrchestrator.Host.Commands;
using ActorOrchestrator.Host.Serving;

namespace ActorOrchestrator.Host.Drains;

/// <summary>Empties a node by the eviction API, which PodDisruptionBudgets may refuse for a while. Tells of each step;
/// may be run again, and goes on.</summary>
/// <param name="api">The cluster's.</param>
/// <param name="node">The node's name.</param>
/// <param name="tell">Takes a line for people.</param>
internal sealed class NodeDrain(ApiConnection api, string node, Action<string> tell)
{
    /// <summary>For pods that go, and for budgets that may allow what they refused.</summary>
    private static readonly TimeSpan LookAgainAfter = TimeSpan.FromSeconds(2);

    private readonly string _path = $"/api/v1/nodes/{Uri.EscapeDataString(node)}";

    /// <summary>What was said of each pod last, by its uid: null, that it was asked to go.</summary>
    private readonly Dictionary<string, (string Name, string? Refusal)> _told = new(StringComparer.Ordinal);

    private int _ended;

    /// <param name="ends">Whether pods that nobody makes again may be ended.</param>
    /// <param name="timeout">For how long at most; zero: until it is done.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    /// <exception cref="ServerStartException">It is not empty, and why; what to do.</exception>
    public async Task RunAsync(bool ends, TimeSpan timeout, CancellationToken cancellation)
    {
        var began = TimeProvider.System.GetTimestamp();
        await RefuseUnknownAsync(cancellation);
        var plan = await PlanAsync(cancellation);
        if (!ends && plan.Unmanaged.Count > 0)
        {
            throw new ServerStartException($"nobody would make these pods again: {Names(plan.Unmanaged)}. Nothing was "
                + "changed; --force ends them with the others");
        }

        await SetUnschedulableAsync(true, cancellation);
        tell($"{node} takes no more pods; {plan.Evicted.Count} are to go"
            + (plan.Staying.Count > 0 ? $", and daemons and static pods stay: {Names(plan.Staying)}" : ""));
        while (!await StepAsync(cancellation))
        {
            if (timeout > TimeSpan.Zero && TimeProvider.System.GetElapsedTime(began) >= timeout)
            {
                throw new ServerStartException($"after {TimeToLive.Show(timeout)} these pods are still on {node}: "
                    + string.Join(", ", _told.Values.Select(each =>
                        each.Name + (each.Refusal is null ? " (told to go)" : $" ({each.Refusal})")))
                    + $". It takes no more pods: run this again to go on, or 'orchestrator uncordon {node}' to give "
                    + "up");
            }

            await Task.Delay(LookAgainAfter, cancellation);
        }

        tell($"{node} is drained: {_ended} pods have ended; 'orchestrator uncordon {node}' lets pods come again");
    }

    /// <summary>Lets the scheduler give it pods again.</summary>
    /// <exception cref="ServerStartException">It cannot, and why.</exception>
    public async Task UncordonAsync(CancellationToken cancellation)
    {
        await RefuseUnknownAsync(cancellation);
        await SetUnschedulableAsync(false, cancellation);
        tell($"{node} takes pods again");
    }

    /// <returns>Whether none is left.</returns>
    private async Task<bool> StepAsync(CancellationToken cancellation)
    {
        var left = (await PlanAsync(cancellation)).Evicted;
        foreach (var gone in _told.Keys.Except(left.Select(pod => pod.Metadata.Uid!)).ToList())
        {
            tell($"{_told[gone].Name} has ended");
            _told.Remove(gone);
            _ended++;
        }

        foreach (var pod in left.Where(pod => !IsAsked(pod)))
        {
            await EvictAsync(pod, cancellation);
        }

        return left.Count == 0;
    }

    private bool IsAsked(Pod pod) => _told.TryGetValue(pod.Metadata.Uid!, out var told) && told.Refusal is null;

    private async Task EvictAsync(Pod pod, CancellationToken cancellation)
    {
        var name = DrainPlan.Name(pod);
        if (pod.Metadata.DeletionTimestamp is not null)
        {
            _told[pod.Metadata.Uid!] = (name, null);
            tell($"{name} is going already");
            return;
        }

        var (code, message) = await api.TryPostAsync(
            $"/api/v1/namespaces/{pod.Metadata.Namespace}/pods/{pod.Metadata.Name}/eviction",
            KubeJson.Encode(new Eviction
            {
                Metadata = new ObjectMeta { Name = pod.Metadata.Name, Namespace = pod.Metadata.Namespace },
            }),
            cancellation);
        var refusal = (int)code is >= 200 and < 300 ? null : message ?? $"the cluster answers {(int)code}";
        var isNew = !_told.TryGetValue(pod.Metadata.Uid!, out var told) || told.Refusal != refusal;
        switch (code)
        {
            case HttpStatusCode.NotFound:
                // The next look tells that it has ended.
                _told[pod.Metadata.Uid!] = (name, null);
                return;
            case HttpStatusCode.TooManyRequests when isNew:
                tell($"{name} waits: {refusal}");
                break;
            case HttpStatusCode.TooManyRequests:
                break;
            case var _ when refusal is not null:
                throw new ServerStartException($"{name} cannot be evicted: {refusal}");
            default:
                tell($"{name} is told to go");
                break;
        }

        _told[pod.Metadata.Uid!] = (name, refusal);
    }

    private async Task<DrainPlan> PlanAsync(CancellationToken cancellation)
    {
        var list = await api.GetAsync(
            $"/api/v1/pods?fieldSelector={Uri.EscapeDataString($"spec.nodeName={node}")}", cancellation);
        return DrainPlan.Of(list!.Value.GetProperty("items").EnumerateArray().Select(item =>
            KubeJson.Read<Pod>(Encoding.UTF8.GetBytes(item.GetRawText()))));
    }

    private async Task RefuseUnknownAsync(CancellationToken cancellation)
    {
        if (await api.GetAsync(_path, cancellation) is null)
        {
            throw new ServerStartException($"there is no node {node} ('kubectl get nodes' and the column NODE of "
                + "'orchestrator members' show them)");
        }
    }

    private Task SetUnschedulableAsync(bool value, CancellationToken cancellation) => api.PatchAsync(
        _path, JsonSerializer.SerializeToUtf8Bytes(new { spec = new { unschedulable = value } }), cancellation);

    private static string Names(IEnumerable<Pod> pods) => string.Join(", ", pods.Select(DrainPlan.Name));
}
