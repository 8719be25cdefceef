using System.Collections.Concurrent;
using System.Collections.Frozen;
using ActorOrchestrator.Actors.Journal;
using ActorOrchestrator.Api;
using Microsoft.Extensions.Logging;

namespace ActorOrchestrator.Actors.Serialization;

/// <summary>
/// Keeps out of the journal what a member of an older release could not read, for as long as there is one: it would
/// have to end, for it can neither show nor decide by what it does not know. What needs such a row is refused or waits
/// until all members have the release that reads it.
/// </summary>
/// <param name="memberBefore">A member of a release before the given one, for people; null where there is none.</param>
/// <param name="logger">Told once of each kind and event.</param>
public sealed partial class ReleaseGate(Func<string, string?> memberBefore, ILogger logger)
{
    private static readonly FrozenDictionary<string, string> KindsSince = KindRegistry.All
        .Where(kind => kind is { IsStored: true, Since: not null })
        .ToFrozenDictionary(kind => kind.Resource, kind => kind.Since!);

    private readonly ConcurrentDictionary<string, bool> _told = new(StringComparer.Ordinal);

    /// <returns>Why a row must not be stored; null when it may.</returns>
    public string? Refuse(JournalEntry entry)
    {
        var refusal = Refuse(entry.Resource, KindsSince.GetValueOrDefault(entry.Resource));
        for (var i = 0; refusal is null && i < entry.Events.Count; i++)
        {
            var format = EventCodec.FormatOf(entry.Events[i]);
            refusal = Refuse($"the event \"{format.Manifest}\"", format.Since);
        }

        return refusal;
    }

    /// <summary>As <see cref="Refuse(JournalEntry)"/>, of one thing that rows may hold.</summary>
    /// <param name="what">For people.</param>
    /// <param name="since">The release that reads it first; null: every release does.</param>
    internal string? Refuse(string what, string? since)
    {
        if (since is null || memberBefore(since) is not { } member)
        {
            return null;
        }

        var refusal = $"{member} cannot read {what}, which is there since {since}: upgrade it";
        if (_told.TryAdd(what, true))
        {
            LogWaits(refusal);
        }

        return refusal;
    }

    [LoggerMessage(1050, LogLevel.Warning, "Not stored for now: {Refusal}")]
    private partial void LogWaits(string refusal);
}
