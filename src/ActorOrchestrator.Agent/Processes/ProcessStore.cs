using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace ActorOrchestrator.Agent.Processes;

/// <summary>
/// The state directory: <c>sandboxes/ID/record.json</c> and <c>containers/ID/</c> with <c>record.json</c>,
/// <c>supervisor</c> and <c>pid</c> (process ids), <c>stdout</c>, <c>stderr</c> (as written), <c>copied</c> (how much
/// of them is in the log) and <c>exit</c> (the exit code, once known).
/// </summary>
internal sealed class ProcessStore(string directory)
{
    private const string Record = "record.json";

    public string SandboxDirectory(string id) => Path.Combine(directory, "sandboxes", id);

    public string ContainerDirectory(string id) => Path.Combine(directory, "containers", id);

    /// <summary>A name of 64 hex digits, as containerd's are, that the same parts always give.</summary>
    public static string IdOf(params string[] parts) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('/', parts))));

    public IEnumerable<SandboxRecord> Sandboxes() => All("sandboxes", ProcessJson.Default.SandboxRecord);

    public IEnumerable<ContainerRecord> Containers() => All("containers", ProcessJson.Default.ContainerRecord);

    public void Save(SandboxRecord record) =>
        Save(SandboxDirectory(record.Status.Id), record, ProcessJson.Default.SandboxRecord);

    public void Save(ContainerRecord record) =>
        Save(ContainerDirectory(record.Status.Id), record, ProcessJson.Default.ContainerRecord);

    public static void Remove(string path)
    {
        if (Directory.Exists(path))
        {
            Directory.Delete(path, recursive: true);
        }
    }

    /// <summary>The number that the supervising shell wrote to a file; null while it has not.</summary>
    public int? ReadNumber(string containerId, string file)
    {
        var path = Path.Combine(ContainerDirectory(containerId), file);
        // A line end makes it whole: the shell writes both in one call.
        return File.Exists(path) && File.ReadAllText(path) is [.. var digits, '\n']
            ? int.Parse(digits, CultureInfo.InvariantCulture)
            : null;
    }

    private IEnumerable<T> All<T>(string kind, JsonTypeInfo<T> type)
    {
        var parent = Path.Combine(directory, kind);
        if (!Directory.Exists(parent))
        {
            yield break;
        }

        foreach (var each in Directory.GetDirectories(parent).Order(StringComparer.Ordinal))
        {
            var path = Path.Combine(each, Record);
            // Without a record the creation was cut short: nobody was told of it, so nothing is lost with it.
            if (!File.Exists(path))
            {
                Remove(each);
            }
            else
            {
                yield return Read(path, type);
            }
        }
    }

    /// <exception cref="InvalidDataException">It was damaged: a crash leaves none or a whole one.</exception>
    private static T Read<T>(string path, JsonTypeInfo<T> type)
    {
        JsonException? cause = null;
        try
        {
            if (JsonSerializer.Deserialize(File.ReadAllText(path), type) is { } record)
            {
                return record;
            }
        }
        catch (JsonException broken)
        {
            cause = broken;
        }

        throw new InvalidDataException(
            $"{path} is damaged: end the processes of {Path.GetDirectoryName(path)}, if there are any, and remove it",
            cause);
    }

    private static void Save<T>(string path, T record, JsonTypeInfo<T> type)
    {
        Directory.CreateDirectory(path);
        var file = Path.Combine(path, Record);
        File.WriteAllText(file + ".new", JsonSerializer.Serialize(record, type));
        File.Move(file + ".new", file, overwrite: true);
    }
}
