using ActorOrchestrator.Actors;
using ActorOrchestrator.Actors.Views;
using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Apps;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain;
using ActorOrchestrator.Domain.Admission;

namespace ActorOrchestrator.Gateway.Tests.Support;

/// <summary>The control plane in memory: the domain's own life cycle of documents, without engine or log.</summary>
internal sealed class FakeCluster(TimeProvider time) : ICluster
{
    private static readonly IBehavior Behavior = new DocumentBehavior();

    private readonly Lock _lock = new();
    private int _drawn;

    public FakeView Held { get; } = new();

    public IClusterView View => Held;

    public List<(EntityKey To, Command Command)> Sent { get; } = [];

    /// <summary>Runs before a command is decided: to write in between, or to refuse.</summary>
    public Func<EntityKey, Command, Reply?>? Before { get; set; }

    public ValueTask<Reply> SendAsync(EntityKey to, Command command, CancellationToken cancellation)
    {
        lock (_lock)
        {
            Sent.Add((to, command));
        }

        if (Before?.Invoke(to, command) is { } early)
        {
            return ValueTask.FromResult(early);
        }

        lock (_lock)
        {
            return ValueTask.FromResult(Decide(to, command));
        }
    }

    public Task WaitForAsync(long sequence, CancellationToken cancellation) =>
        Held.WaitForAsync(sequence, cancellation);

    /// <summary>Creates an object beside the gateway, as another client would.</summary>
    public KubeObject Put(KubeObject value)
    {
        Reply reply;
        lock (_lock)
        {
            reply = Decide(EntityKey.Of(value), new Create(value));
        }

        return reply is Reply.Accepted accepted
            ? accepted.Object
            : throw new InvalidOperationException(reply.ToString());
    }

    public KubeObject Change(KubeObject value)
    {
        var key = EntityKey.Of(value);
        return Held.Commit(KindRegistry.Of(value), key.Namespace, key.Name, value)!;
    }

    private Reply Decide(EntityKey to, Command command)
    {
        if (command is BindPod bind && View.Get(KindRegistry.Of<Pod>(), to.Namespace, to.Name) is Pod pod)
        {
            return new Reply.Accepted(Change(pod with { Spec = pod.Spec with { NodeName = bind.Node } }));
        }

        var kind = KindRegistry.All.First(each => each.IsStored && each.Resource == to.Resource);
        var current = View.Get(kind, to.Namespace, to.Name);
        var stored = current is null ? null : current with
        {
            Metadata = current.Metadata with { ResourceVersion = null },
        };
        long? version = current is null ? null : long.Parse(current.Metadata.ResourceVersion!);
        var context = new DecisionContext(
            time.GetUtcNow(), version, new CountedIds(() => ++_drawn), ClusterFacts.None);
        var decision = Behavior.Decide(to, new ObjectState(stored), Translate(command, stored), context);
        var reply = decision.Effects.OfType<Effect.Answer>().Single().Reply;
        foreach (var change in decision.Events)
        {
            stored = ObjectFold.Apply(stored, change);
            Held.Commit(kind, to.Namespace, to.Name, stored);
        }

        return reply is Reply.Accepted accepted
            ? accepted with { Object = View.Get(kind, to.Namespace, to.Name) ?? accepted.Object }
            : reply;
    }

    /// <summary>What behaviours of kinds make of their own commands, as plain replacements.</summary>
    private static Command Translate(Command command, KubeObject? current) => (command, current) switch
    {
        (SetScale scale, Deployment it) => new Replace(it with
        {
            Spec = it.Spec with { Replicas = scale.Replicas },
            Metadata = it.Metadata with { ResourceVersion = scale.ResourceVersion },
        })
        { DryRun = scale.DryRun },
        (NodeHeartbeat heard, Node it) => Status(it with { Status = heard.Status }),
        (NodeLives, Node it) => Status(it),
        (PodStatusReported report, Pod it) => Status(it with { Status = report.Status }),
        (SetScale or BindPod or NodeLives, _) =>
            new Delete(new DeleteOptions { Preconditions = new() { Uid = "absent" } }),
        _ => command,
    };

    private static Replace Status(KubeObject value) => new(value) { Subresource = "status" };

    private sealed class CountedIds(Func<int> next) : IIdSource
    {
        public string NewUid() => $"00000000-0000-4000-8000-{next():D12}";

        public string NewNameSuffix() => $"x{next():D4}";
    }
}
