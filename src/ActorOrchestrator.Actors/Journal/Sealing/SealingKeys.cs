using System.Buffers.Binary;
using System.Security.Cryptography;
using ActorOrchestrator.Api;

namespace ActorOrchestrator.Actors.Journal.Sealing;

/// <summary>
/// The keys that Secrets are sealed with, in a file: one a line, 32 bytes in base64; empty lines and lines that begin
/// with # count for nothing. The first key seals, all of them open.
/// </summary>
internal sealed class SealingKeys
{
    private const int KeyBytes = 32;

    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly Dictionary<ulong, byte[]> _byId = [];

    private SealingKeys(string path, IReadOnlyList<byte[]> keys)
    {
        Path = path;
        First = (IdOf(keys[0]), keys[0]);
        foreach (var key in keys)
        {
            _byId[IdOf(key)] = key;
        }
    }

    public string Path { get; }

    public (ulong Id, byte[] Key) First { get; }

    public byte[]? Find(ulong id) => _byId.GetValueOrDefault(id);

    /// <exception cref="JournalException">The file cannot be read, or a line is no key; its name is told.</exception>
    public static SealingKeys Read(string path)
    {
        string[] lines;
        try
        {
            lines = File.ReadAllLines(path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new JournalException($"the keys of Secrets cannot be read: {FailureWords.Of(failure)}", failure);
        }

        var keys = new List<byte[]>();
        for (var i = 0; i < lines.Length; i++)
        {
            var line = lines[i].Trim();
            if (line.Length > 0 && !line.StartsWith('#'))
            {
                keys.Add(KeyOf(line) ?? throw new JournalException(
                    $"{path}:{i + 1}: a key of Secrets is {KeyBytes} bytes in base64"));
            }
        }

        return keys.Count > 0 ? new(path, keys) : throw new JournalException($"{path} holds no key of Secrets");
    }

    /// <summary>Makes the file with one new key. It is complete under its name, or not there.</summary>
    /// <exception cref="JournalException">It cannot be written, or is there.</exception>
    public static SealingKeys Make(string path)
    {
        var beside = path + ".new";
        try
        {
            File.Delete(beside);
            var options = new FileStreamOptions
            {
                Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = OwnerOnly,
            };
            using (var stream = new FileStream(beside, options))
            using (var writer = new StreamWriter(stream))
            {
                writer.WriteLine("# Secrets in the journal are sealed with the first key; all of them open.");
                writer.WriteLine(Convert.ToBase64String(RandomNumberGenerator.GetBytes(KeyBytes)));
                writer.Flush();
                stream.Flush(flushToDisk: true);
            }

            File.Move(beside, path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new JournalException(
                $"{path}, the key of Secrets, cannot be made: {FailureWords.Of(failure)}", failure);
        }

        return Read(path);
    }

    /// <summary>Names a key without telling it: the first 64 bits of its SHA-256.</summary>
    private static ulong IdOf(byte[] key) => BinaryPrimitives.ReadUInt64BigEndian(SHA256.HashData(key));

    private static byte[]? KeyOf(string line)
    {
        var bytes = new byte[KeyBytes + 1];
        return Convert.TryFromBase64String(line, bytes, out var count) && count == KeyBytes ? bytes[..KeyBytes] : null;
    }
}
