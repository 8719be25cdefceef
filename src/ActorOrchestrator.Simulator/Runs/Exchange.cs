using ActorOrchestrator.Api;
using ActorOrchestrator.Domain;
using ActorOrchestrator.Simulator.Checks;
using ActorOrchestrator.Simulator.Members;

namespace ActorOrchestrator.Simulator.Runs;

/// <summary>A request and its outcome: what histories are made of.</summary>
/// <param name="Number">In the order in which requests were sent.</param>
/// <param name="Client">Who asked.</param>
/// <param name="SentAt">Virtual time.</param>
/// <param name="SequenceAtSending">The last durable sequence when it was sent.</param>
internal sealed record Exchange(
    long Number, string Client, ApiCall Call, DateTimeOffset SentAt, long SequenceAtSending)
{
    private AnswerBody? _body;

    public ApiAnswer Answer { get; init; } = ApiAnswer.Lost("");

    public DateTimeOffset EndedAt { get; init; }

    /// <summary>The member that was asked.</summary>
    public string Server { get; init; } = "";

    /// <summary>What the workload meant by it; null for a plain request.</summary>
    public Intent? Intent { get; init; }

    /// <summary>The answer's body, read once for all checks.</summary>
    /// <exception cref="System.Text.Json.JsonException">It is none of Kubernetes' shapes.</exception>
    public AnswerBody Body(ResourceKind kind) => _body ??= AnswerBody.Read(Answer.Body, kind);

    /// <summary>For reports.</summary>
    public string Describe() => $"{Client} #{Number} {Call} ({SentAt:HH:mm:ss.ffffff}) -> {Answer.Code}";
}

/// <summary>What a request is expected to meet, where the workload knows.</summary>
internal enum Intent
{
    /// <summary>Carries a resourceVersion that is not the newest: 409, and nothing changes.</summary>
    StaleWrite,

    /// <summary>Bad input: a 4xx Status, and nothing changes.</summary>
    BadInput,

    /// <summary>A rehearsal (dryRun): nothing changes, and the answer is of no state that there ever is.</summary>
    DryRun,
}

/// <summary>What a watch is about: it keeps its number through all its cuts.</summary>
/// <param name="Namespace">Null for all.</param>
/// <param name="LabelSelector">As in the query; null for everything.</param>
internal sealed record WatchScope(int Number, ResourceKind Kind, string? Namespace, string? LabelSelector)
{
    public override string ToString() =>
        $"watch {Number} of {Kind.Resource} in {Namespace ?? "all"} where {LabelSelector ?? "all"}";
}

internal enum WatchStep
{
    /// <summary>The client listed, as of <see cref="WatchTold.Version"/>, and watches from there.</summary>
    Listed,

    /// <summary>A request to watch was accepted: from <see cref="WatchTold.Version"/> on, or (0) with everything that
    /// there is first.</summary>
    Opened,

    /// <summary>Part of what a watch begins with.</summary>
    Initial,

    /// <summary>The bookmark that ends what it begins with.</summary>
    InitialEnd,

    Added,
    Modified,
    Deleted,
    Bookmark,

    /// <summary>It was refused, or ended, with 410: the versions asked for are not kept.</summary>
    Expired,

    /// <summary>The connection is over.</summary>
    Closed,
}

/// <summary>Something that a watching client was told.</summary>
/// <param name="Key">The object's; default where it is not about one.</param>
/// <param name="Version">The object's resourceVersion, or the bookmark's.</param>
internal sealed record WatchTold(WatchScope Scope, WatchStep Step, EntityKey Key, long Version)
{
    /// <summary>The object as it came, in JSON.</summary>
    public ReadOnlyMemory<byte> Object { get; init; }

    /// <summary>The member that tells it.</summary>
    public string Server { get; init; } = "";

    /// <summary>Of <see cref="WatchStep.Opened"/>: the server that was asked cannot know what changed up to
    /// here.</summary>
    public long ServerKnowsFrom { get; init; }
}
