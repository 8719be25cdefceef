using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace ActorOrchestrator.Actors.Journal.Sealing;

/// <summary>
/// A row or snapshot as nobody can read it without the key (AES-256-GCM, NIST SP 800-38D). The manifest gets a suffix,
/// and what is signed with the bytes says which entity's which row they are, so that none can stand in for another.
/// <code>
///   secrets:object-created.v1+aesgcm.v1    key id (64 bits, big-endian), nonce (96 bits), tag (128 bits), ciphertext
/// </code>
/// Nonces are random: a key is good for 2^32 rows.
/// </summary>
internal sealed class RowSeal(SealingKeys keys)
{
    private const string Suffix = "+aesgcm.v1";
    private const int IdBytes = sizeof(ulong);
    private const int NonceBytes = 12;
    private const int TagBytes = 16;
    private const int HeaderBytes = IdBytes + NonceBytes + TagBytes;

    public static bool IsSealed(string manifest) => manifest.EndsWith(Suffix, StringComparison.Ordinal);

    public EncodedEntry Close(string persistenceId, long sequenceNr, EncodedEntry plain)
    {
        var bytes = new byte[HeaderBytes + plain.Payload.Length];
        var (id, key) = keys.First;
        BinaryPrimitives.WriteUInt64BigEndian(bytes, id);
        var nonce = bytes.AsSpan(IdBytes, NonceBytes);
        RandomNumberGenerator.Fill(nonce);
        using var cipher = new AesGcm(key, TagBytes);
        cipher.Encrypt(
            nonce, plain.Payload.Span, bytes.AsSpan(HeaderBytes), bytes.AsSpan(IdBytes + NonceBytes, TagBytes),
            Place(persistenceId, sequenceNr, plain.Manifest));
        return new(plain.Manifest + Suffix, bytes);
    }

    /// <exception cref="JournalException">There is no such key, or the bytes are not what was sealed.</exception>
    public EncodedEntry Open(string persistenceId, long sequenceNr, EncodedEntry closed)
    {
        var bytes = closed.Payload.Span;
        if (bytes.Length < HeaderBytes)
        {
            throw Changed(persistenceId, sequenceNr);
        }

        var id = BinaryPrimitives.ReadUInt64BigEndian(bytes);
        var key = keys.Find(id) ?? throw new JournalException(
            $"row {sequenceNr} of {persistenceId} is sealed with the key {id:x16}, which {keys.Path} does not hold: "
            + "put the file back that it was sealed with, or add its key as a line");
        var manifest = closed.Manifest[..^Suffix.Length];
        var plain = new byte[bytes.Length - HeaderBytes];
        try
        {
            using var cipher = new AesGcm(key, TagBytes);
            cipher.Decrypt(
                bytes.Slice(IdBytes, NonceBytes), bytes[HeaderBytes..], bytes.Slice(IdBytes + NonceBytes, TagBytes),
                plain, Place(persistenceId, sequenceNr, manifest));
        }
        catch (AuthenticationTagMismatchException)
        {
            throw Changed(persistenceId, sequenceNr);
        }

        return new(manifest, plain);
    }

    private JournalException Changed(string persistenceId, long sequenceNr) => new(
        $"row {sequenceNr} of {persistenceId} is not what was sealed with a key of {keys.Path}: the journal is damaged "
        + "or was tampered with");

    private static byte[] Place(string persistenceId, long sequenceNr, string manifest) =>
        Encoding.UTF8.GetBytes($"{persistenceId}\n{sequenceNr}\n{manifest}");
}
