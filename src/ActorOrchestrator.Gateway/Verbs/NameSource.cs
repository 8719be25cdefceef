using System.Security.Cryptography;
using ActorOrchestrator.Domain;

namespace ActorOrchestrator.Gateway.Verbs;

/// <summary>Draws names and ids for what clients create.</summary>
internal sealed class NameSource : IIdSource
{
    /// <summary>Kubernetes' alphabet for generated names: no vowels, so no words; no 0, 1, 3, so no mistakes.</summary>
    private const string Alphabet = "bcdfghjklmnpqrstvwxz2456789";

    private const int SuffixLength = 5;

    public string NewUid()
    {
        Span<byte> bytes = stackalloc byte[16];
        RandomNumberGenerator.Fill(bytes);
        bytes[6] = (byte)((bytes[6] & 0x0F) | 0x40);
        bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);
        return new Guid(bytes, bigEndian: true).ToString();
    }

    public string NewNameSuffix() => RandomNumberGenerator.GetString(Alphabet, SuffixLength);
}
