using ActorOrchestrator.Actors.Journal;
using Akka.Actor;
using Akka.Serialization;

namespace ActorOrchestrator.Actors.Serialization;

/// <summary>How Akka.Persistence stores what entities persist: rows and snapshots
/// (<see cref="EntryFormat"/>).</summary>
public sealed class JournalSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
{
    /// <summary>The journal's column <c>identifier</c>; never another's.</summary>
    public const int Id = 7301;

    public override int Identifier => Id;

    public override string Manifest(object o) => o is EntitySnapshot snapshot
        ? EntryFormat.ManifestOf(snapshot)
        : Encoded(o).Manifest;

    public override byte[] ToBinary(object obj) => Encoded(obj).Payload.ToArray();

    public override object FromBinary(byte[] bytes, string manifest) =>
        manifest.EndsWith(":snapshot.v1", StringComparison.Ordinal)
            ? EntryFormat.DecodeSnapshot(manifest, bytes)
            : EntryFormat.Decode(manifest, bytes);

    private static EncodedEntry Encoded(object value) => value switch
    {
        JournalEntry entry => entry.Encoded,
        EntitySnapshot snapshot => EntryFormat.Encode(snapshot),
        _ => throw new ArgumentException($"{value.GetType().Name} is not stored in the journal", nameof(value)),
    };
}
