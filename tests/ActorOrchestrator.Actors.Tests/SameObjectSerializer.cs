using System.Collections.Concurrent;
using Akka.Actor;
using Akka.Serialization;

namespace ActorOrchestrator.Actors.Tests;

/// <summary>For Akka's own messages within a member that it forgot to except from <c>serialize-messages</c>: they come
/// out as they went in.</summary>
public sealed class SameObjectSerializer(ExtendedActorSystem system) : Serializer(system)
{
    private static readonly ConcurrentDictionary<long, object> Objects = new();
    private static long _last;

    public override int Identifier => 7399;

    public override bool IncludeManifest => false;

    public override byte[] ToBinary(object obj)
    {
        var number = Interlocked.Increment(ref _last);
        Objects[number] = obj;
        return BitConverter.GetBytes(number);
    }

    public override object FromBinary(byte[] bytes, Type type) =>
        Objects.TryRemove(BitConverter.ToInt64(bytes), out var same)
            ? same
            : throw new InvalidOperationException("it was read already");
}
