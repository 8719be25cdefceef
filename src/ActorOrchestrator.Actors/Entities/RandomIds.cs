using System.Buffers.Binary;
using System.Security.Cryptography;
using ActorOrchestrator.Domain;

namespace ActorOrchestrator.Actors.Entities;

/// <summary>Ids from the system's random source; thread-safe.</summary>
public sealed class RandomIds : IIdSource
{
    /// <summary>Kubernetes' alphabet for generated names: no vowels and no look-alikes, so that no words
    /// appear.</summary>
    private const string Alphabet = "bcdfghjklmnpqrstvwxz2456789";

    private const int SuffixLength = 5;

    public string NewUid()
    {
        Span<byte> bytes = stackalloc byte[16];
        RandomNumberGenerator.Fill(bytes);
        bytes[6] = (byte)(bytes[6] & 0x0F | 0x40);
        bytes[8] = (byte)(bytes[8] & 0x3F | 0x80);
        return new Guid(bytes, bigEndian: true).ToString("D");
    }

    public string NewNameSuffix() => string.Create(SuffixLength, 0, static (target, _) =>
    {
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        RandomNumberGenerator.Fill(bytes);
        var value = BinaryPrimitives.ReadUInt32LittleEndian(bytes);
        for (var i = 0; i < target.Length; i++)
        {
            target[i] = Alphabet[(int)(value % (uint)Alphabet.Length)];
            value /= (uint)Alphabet.Length;
        }
    });
}
