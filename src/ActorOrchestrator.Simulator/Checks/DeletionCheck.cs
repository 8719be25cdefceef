using System.Text;
using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain;
using ActorOrchestrator.Domain.Projections;
using ActorOrchestrator.Simulator.Runs;

namespace ActorOrchestrator.Simulator.Checks;

/// <summary>
/// An object goes only when nothing holds it any more: not (foreground) before the dependents that block it, not
/// (orphan) before its dependents have let go, a namespace not before what is in it. Dependents count when they have
/// been such for a while, for what was decided just before they came may still be on its way.
/// </summary>
internal sealed class DeletionCheck : Check
{
    /// <summary>Longer than a message is on its way through a frozen control plane and a stalled commit.</summary>
    private static readonly TimeSpan SettledAfter = TimeSpan.FromSeconds(150);

    private static readonly string[] Policies = ["Foreground", "Background", "Orphan"];

    private readonly HashSet<EntityKey> _patched = [];
    private readonly Dictionary<EntityKey, SortedSet<string>> _policies = [];
    private readonly Dictionary<string, DateTimeOffset> _refersSince = new(StringComparer.Ordinal);

    public override string Guarantee => "finalizers";

    public override void OnRequest(Exchange exchange)
    {
        if (exchange.Call.Method == "GET" || RequestTarget.Of(exchange.Call) is not { } target)
        {
            return;
        }

        var body = Encoding.UTF8.GetString(exchange.Call.Body.Span);
        if (exchange.Call.Method == "DELETE")
        {
            if (!_policies.TryGetValue(target.Key, out var policies))
            {
                _policies.Add(target.Key, policies = new SortedSet<string>(StringComparer.Ordinal));
            }

            policies.Add(PolicyIn(body));
        }
        else if (body.Contains("\"finalizers\"", StringComparison.Ordinal))
        {
            _patched.Add(target.Key);
        }
    }

    public override void OnChange(ObjectChange change, Decided decided)
    {
        if (change.New is { } now)
        {
            if (change.Old is not { } before || before.Metadata.OwnerReferences != now.Metadata.OwnerReferences)
            {
                _refersSince[now.Metadata.Uid!] = World.Loop.Now;
            }

            return;
        }

        _refersSince.Remove(change.Old!.Metadata.Uid!);
        HoldFinalizers(change, decided.Last ?? change.Old);
        if (change.Old is Namespace
            && World.Truth.Objects.Values.FirstOrDefault(
                value => value.Metadata.Namespace == change.Key.Name && IsSettled(value)) is { } left)
        {
            Violate($"{change.Key} went at {change.Sequence}, and {EntityKey.Of(left)} is in it");
        }
    }

    private void HoldFinalizers(ObjectChange change, KubeObject last)
    {
        var finalizers = last.Metadata.Finalizers;
        if (_patched.Contains(change.Key) || last.Metadata.OwnerReferences.Count > 0)
        {
            return;
        }

        var blocks = finalizers.Contains(Finalizers.Foreground) && AskedFor(change.Key, "Foreground");
        var refers = finalizers.Contains(Finalizers.Orphan) && AskedFor(change.Key, "Orphan");
        if ((blocks || refers) && World.Truth.Objects.Values.FirstOrDefault(value => IsSettled(value)
            && value.Metadata.OwnerReferences.Any(owner => owner.Uid == last.Metadata.Uid
                && (refers || owner.BlockOwnerDeletion == true))) is { } dependent)
        {
            Violate($"{change.Key} went at {change.Sequence} with finalizers [{string.Join(", ", finalizers)}], and "
                + $"{EntityKey.Of(dependent)} still depends on it");
        }
    }

    /// <summary>Of several requests with several policies the last one rules; which that is only the log
    /// knows.</summary>
    private bool AskedFor(EntityKey key, string policy) =>
        _policies.TryGetValue(key, out var asked) && asked.All(other => other == policy || other.Length == 0);

    private bool IsSettled(KubeObject value) =>
        _refersSince.TryGetValue(value.Metadata.Uid!, out var since) && since + SettledAfter < World.Loop.Now;

    private static string PolicyIn(string body) =>
        Policies.FirstOrDefault(policy =>
            body.Contains($"\"{policy}\"", StringComparison.Ordinal)) ?? "";
}
