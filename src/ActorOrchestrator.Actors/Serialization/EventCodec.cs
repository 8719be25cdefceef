using System.Collections.Frozen;
using System.Text.Json;
using ActorOrchestrator.Api.Serialization;
using ActorOrchestrator.Domain;
using ActorOrchestrator.Actors.Journal;

namespace ActorOrchestrator.Actors.Serialization;

/// <summary>
/// Events as the log holds them: an explicit manifest each (so that renaming a class changes nothing) and JSON. Objects
/// and statuses are stored exactly as the API writes them. A manifest, once written by a release, stays readable
/// for ever; <c>tests/…/Golden</c> holds one sample of each, and <c>tests/…/Releases</c> what each release reads.
/// </summary>
public static class EventCodec
{
    private static readonly FrozenDictionary<Type, EventFormat> ByType;
    private static readonly FrozenDictionary<string, EventFormat> ByManifest;

    static EventCodec()
    {
        ByType = EventFormats.All.ToFrozenDictionary(format => format.Type);
        ByManifest = EventFormats.All.ToFrozenDictionary(format => format.Manifest, StringComparer.Ordinal);
    }

    public static (string Manifest, ReadOnlyMemory<byte> Payload) Encode(DomainEvent @event)
    {
        var format = FormatOf(@event);
        return (format.Manifest, format.Encode(@event));
    }

    /// <summary>How an event is stored.</summary>
    public static EventFormat FormatOf(DomainEvent @event) => ByType.GetValueOrDefault(@event.GetType())
        ?? throw new InvalidOperationException(
            $"{@event.GetType().Name} has no manifest (see {nameof(EventFormats)})");

    /// <exception cref="JournalUnreadableException">The manifest is unknown, or the bytes do not fit it.</exception>
    public static DomainEvent Decode(string resource, string manifest, ReadOnlySpan<byte> payload)
    {
        if (!ByManifest.TryGetValue(manifest, out var format))
        {
            throw new JournalUnreadableException(
                $"the journal holds an event \"{manifest}\" of {resource} that this release does not know");
        }

        try
        {
            return format.Decode(resource, payload);
        }
        catch (Exception broken) when (broken is JsonException or KubeJsonException)
        {
            throw new JournalUnreadableException(
                $"the journal holds an event \"{manifest}\" of {resource} that cannot be read ({broken.Message})",
                broken);
        }
    }
}

/// <summary>How one event is stored.</summary>
public abstract class EventFormat(string manifest, Type type)
{
    public string Manifest { get; } = manifest;

    public Type Type { get; } = type;

    /// <summary>The release that was the first to read it; null: the first release of all.</summary>
    public string? Since { get; init; }

    public abstract byte[] Encode(DomainEvent @event);

    public abstract DomainEvent Decode(string resource, ReadOnlySpan<byte> payload);
}
