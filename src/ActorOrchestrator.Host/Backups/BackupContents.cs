using System.Text.Json;
using System.Text.Json.Serialization;

namespace ActorOrchestrator.Host.Backups;

/// <summary>What a backup says of itself, first of all.</summary>
/// <param name="Format">Of the archive.</param>
/// <param name="Version">Of the executable that made it.</param>
/// <param name="Made">When.</param>
/// <param name="Journal">The provider of the journal: the rows are here for <c>sqlite</c> only.</param>
/// <param name="Ordering">The last row that is here; 0 without any.</param>
/// <param name="Files">The SHA-256 of each file.</param>
internal sealed record BackupContents(
    int Format, string Version, DateTimeOffset Made, string Journal, long Ordering,
    IReadOnlyDictionary<string, string> Files)
{
    public const int FormatNow = 1;

    public string ToJson() => JsonSerializer.Serialize(this, BackupJson.Default.BackupContents);

    /// <exception cref="JsonException">It says nothing that can be read.</exception>
    public static BackupContents Parse(string json) =>
        JsonSerializer.Deserialize(json, BackupJson.Default.BackupContents) ?? throw new JsonException("null");
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(BackupContents))]
internal sealed partial class BackupJson : JsonSerializerContext;
