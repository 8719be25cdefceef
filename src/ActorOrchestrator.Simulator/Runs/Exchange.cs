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
    public ApiAnswer Answer { get; init; } = ApiAnswer.Lost("");

    public DateTimeOffset EndedAt { get; init; }

    /// <summary>What the workload meant by it; null for a plain request.</summary>
    public Intent? Intent { get; init; }
}

/// <summary>What a request is expected to meet, where the workload knows.</summary>
internal enum Intent
{
    /// <summary>Carries a resourceVersion that is not the newest: 409, and nothing changes.</summary>
    StaleWrite,

    /// <summary>Bad input: a 4xx Status, and nothing changes.</summary>
    BadInput,
}

/// <summary>An event that a watch was told.</summary>
/// <param name="Watch">Which watch; a resumed one keeps its number.</param>
/// <param name="Type">ADDED, MODIFIED, DELETED, BOOKMARK or ERROR.</param>
/// <param name="Key">Persistence id; empty for bookmarks and errors.</param>
/// <param name="Version">The object's resourceVersion.</param>
/// <param name="IsInitial">Part of the list that a watch began with.</param>
internal sealed record WatchTold(
    int Watch, string Resource, string? Namespace, string Type, string Key, long Version, bool IsInitial);
