using System.Text;
using System.Text.Json;
using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Api.Validation;

/// <summary>The rules of ConfigMaps and Secrets.</summary>
internal static class ConfigurationRules
{
    private const int DataBytesMax = 1024 * 1024;
    private const string Redacted = "<secret contents redacted>";
    private const string Frozen = "field is immutable when `immutable` is set";
    private const string AccountAnnotation = "kubernetes.io/service-account.name";
    private static readonly FieldPath Data = FieldPath.Root("data");
    private static readonly FieldPath Freeze = FieldPath.Root("immutable");

    public static void Check(FieldErrors errors, ConfigMap map)
    {
        CheckKeys(errors, Data, map.Data);
        CheckKeys(errors, FieldPath.Root("binaryData"), map.BinaryData);
        foreach (var key in map.Data.Keys.Where(map.BinaryData.ContainsKey))
        {
            errors.Invalid(Data.Key(key), key, "duplicate of key present in binaryData");
        }

        if (map.Data.Values.Sum(Encoding.UTF8.GetByteCount) + map.BinaryData.Values.Sum(BytesOf) > DataBytesMax)
        {
            errors.TooLong(FieldPath.Root("data"), DataBytesMax);
        }
    }

    public static void CheckUpdate(FieldErrors errors, ConfigMap old, ConfigMap @new)
    {
        if (old.Immutable is not true)
        {
            return;
        }

        if (@new.Immutable is not true)
        {
            errors.Forbidden(Freeze, Frozen);
        }

        if (!old.Data.Equals(@new.Data))
        {
            errors.Forbidden(Data, Frozen);
        }

        if (!old.BinaryData.Equals(@new.BinaryData))
        {
            errors.Forbidden(FieldPath.Root("binaryData"), Frozen);
        }
    }

    public static void Check(FieldErrors errors, Secret secret)
    {
        CheckKeys(errors, Data, secret.Data);
        if (secret.Data.Values.Sum(BytesOf) > DataBytesMax)
        {
            errors.TooLong(Data, DataBytesMax);
        }

        switch (secret.Type)
        {
            case "kubernetes.io/service-account-token"
                when string.IsNullOrEmpty(secret.Metadata.Annotations.GetValueOrDefault(AccountAnnotation)):
                errors.Required(FieldPath.Root("metadata").Child("annotations").Key(AccountAnnotation));
                break;
            case "kubernetes.io/dockercfg":
                CheckJson(errors, secret, ".dockercfg");
                break;
            case "kubernetes.io/dockerconfigjson":
                CheckJson(errors, secret, ".dockerconfigjson");
                break;
            case "kubernetes.io/basic-auth"
                when !secret.Data.ContainsKey("username") && !secret.Data.ContainsKey("password"):
                errors.Required(Data.Key("username"));
                errors.Required(Data.Key("password"));
                break;
            case "kubernetes.io/ssh-auth":
                errors.Need(Data.Key("ssh-privatekey"), secret.Data.GetValueOrDefault("ssh-privatekey"));
                break;
            case "kubernetes.io/tls":
                CheckPresent(errors, secret, "tls.crt");
                CheckPresent(errors, secret, "tls.key");
                break;
            default:
                break;
        }
    }

    public static void CheckUpdate(FieldErrors errors, Secret old, Secret @new)
    {
        if (old.Type != @new.Type)
        {
            errors.Invalid(FieldPath.Root("type"), @new.Type ?? "", MetadataRules.Immutable);
        }

        if (old.Immutable is not true)
        {
            return;
        }

        if (@new.Immutable is not true)
        {
            errors.Forbidden(Freeze, Frozen);
        }

        if (!old.Data.Equals(@new.Data))
        {
            errors.Forbidden(Data, Frozen);
        }
    }

    private static void CheckKeys(FieldErrors errors, FieldPath path, ValueMap<string> data)
    {
        foreach (var key in data.Keys)
        {
            errors.Invalid(path.Key(key), key, NameRules.ConfigKey(key));
        }
    }

    private static void CheckPresent(FieldErrors errors, Secret secret, string key)
    {
        if (!secret.Data.ContainsKey(key))
        {
            errors.Required(Data.Key(key));
        }
    }

    /// <summary>What logs in to registries is JSON. What it is instead is nobody's business.</summary>
    private static void CheckJson(FieldErrors errors, Secret secret, string key)
    {
        if (!secret.Data.TryGetValue(key, out var base64))
        {
            errors.Required(Data.Key(key));
            return;
        }

        try
        {
            using var json = JsonDocument.Parse(Convert.FromBase64String(base64));
            if (json.RootElement.ValueKind is not (JsonValueKind.Object or JsonValueKind.Null))
            {
                errors.Invalid(Data.Key(key), Redacted,
                    "json: cannot unmarshal into Go value of type map[string]interface {}");
            }
        }
        catch (Exception broken) when (broken is JsonException or FormatException)
        {
            errors.Invalid(Data.Key(key), Redacted, "invalid JSON");
        }
    }

    /// <summary>The length of what a base64 text stands for.</summary>
    private static int BytesOf(string base64) => base64.Length / 4 * 3 - base64.AsSpan().Count('=');
}
