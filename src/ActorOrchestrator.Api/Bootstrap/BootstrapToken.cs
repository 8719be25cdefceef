using System.Globalization;
using System.Text;
using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Api.Bootstrap;

/// <summary>
/// A token by which a machine joins the cluster, as Kubernetes keeps it: a Secret of type
/// <c>bootstrap.kubernetes.io/token</c> in <c>kube-system</c>, whose name ends in the token's id. As a bearer token it
/// is written <c>ID.SECRET</c>; the id is no secret.
/// </summary>
/// <param name="Id">Six lower-case letters and digits.</param>
/// <param name="Secret">Sixteen of them.</param>
public sealed record BootstrapToken(string Id, string Secret)
{
    public const string Namespace = "kube-system";
    public const string SecretType = "bootstrap.kubernetes.io/token";
    public const string NamePrefix = "bootstrap-token-";
    public const string Alphabet = "abcdefghijklmnopqrstuvwxyz0123456789";
    public const int IdLength = 6;
    public const int SecretLength = 16;

    /// <summary>Every holder of a token is in it.</summary>
    public const string Group = "system:bootstrappers";

    public const string UserPrefix = "system:bootstrap:";

    private const string RoleGroupPrefix = $"{Group}:orchestrator:";
    private const string IdKey = "token-id";
    private const string SecretKey = "token-secret";
    private const string ExpirationKey = "expiration";
    private const string DescriptionKey = "description";
    private const string AuthenticationKey = "usage-bootstrap-authentication";
    private const string GroupsKey = "auth-extra-groups";

    public static string NameOf(string id) => NamePrefix + id;

    /// <summary>The group of those that may join as members of a role.</summary>
    public static string GroupOf(string role) => RoleGroupPrefix + role;

    /// <summary>The roles that a holder in these groups may join with.</summary>
    public static IEnumerable<string> RolesOf(IEnumerable<string> groups) => groups
        .Where(group => group.StartsWith(RoleGroupPrefix, StringComparison.Ordinal))
        .Select(group => group[RoleGroupPrefix.Length..]);

    /// <summary>Null for a text that is no token.</summary>
    public static BootstrapToken? Parse(string text) =>
        text.Split('.') is [{ Length: IdLength } id, { Length: SecretLength } secret] && IsOfAlphabet(id)
        && IsOfAlphabet(secret)
            ? new(id, secret)
            : null;

    public static bool IsOfAlphabet(string text) => text.All(letter => Alphabet.Contains(letter));

    /// <summary>The Secret that makes the token known.</summary>
    public Secret ToSecret(string role, DateTimeOffset? expiration, string description)
    {
        var data = new List<KeyValuePair<string, string>>
        {
            new(IdKey, Id),
            new(SecretKey, Secret),
            new(AuthenticationKey, "true"),
            new(GroupsKey, GroupOf(role)),
        };
        if (expiration is { } end)
        {
            data.Add(new(ExpirationKey, end.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", Culture)));
        }

        if (description.Length > 0)
        {
            data.Add(new(DescriptionKey, description));
        }

        return new Secret
        {
            Metadata = new ObjectMeta { Name = NameOf(Id), Namespace = Namespace },
            Type = SecretType,
            Data = ValueMap<string>.From(data.Select(entry => KeyValuePair.Create(
                entry.Key, Convert.ToBase64String(Encoding.UTF8.GetBytes(entry.Value))))),
        };
    }

    /// <summary>What a Secret says of a token; null when it is none, or is on its way out.</summary>
    public static Known? Read(KubeObject? value)
    {
        if (value is not Api.Core.Secret { Type: SecretType } stored
            || stored.Metadata is not { Namespace: Namespace, DeletionTimestamp: null, Name: { } name })
        {
            return null;
        }

        var (id, secret) = (Text(stored, IdKey), Text(stored, SecretKey));
        if (id is not { Length: IdLength } || name != NameOf(id) || string.IsNullOrEmpty(secret))
        {
            return null;
        }

        return new Known(new(id, secret), Expiration(stored))
        {
            Authenticates = Text(stored, AuthenticationKey) == "true",
            Groups =
            [
                .. (Text(stored, GroupsKey) ?? "").Split(',', StringSplitOptions.TrimEntries).Where(IsExtraGroup),
            ],
            Description = Text(stored, DescriptionKey) ?? "",
        };
    }

    private static CultureInfo Culture => CultureInfo.InvariantCulture;

    /// <summary>An expiration that cannot be read has passed, as in Kubernetes.</summary>
    private static DateTimeOffset Expiration(Secret stored) => Text(stored, ExpirationKey) switch
    {
        null or "" => DateTimeOffset.MaxValue,
        var text when DateTimeOffset.TryParse(text, Culture, DateTimeStyles.AssumeUniversal, out var end) => end,
        _ => DateTimeOffset.MinValue,
    };

    /// <summary>A token puts its holder into groups of bootstrappers only.</summary>
    private static bool IsExtraGroup(string group) =>
        group.Length > Group.Length + 1 && group.StartsWith(Group + ":", StringComparison.Ordinal);

    private static string? Text(Secret stored, string key)
    {
        try
        {
            return stored.Data.GetValueOrDefault(key) is { } encoded
                ? Encoding.UTF8.GetString(Convert.FromBase64String(encoded))
                : null;
        }
        catch (FormatException)
        {
            return null;
        }
    }

    /// <summary>Its Secret never shows in a text.</summary>
    public override string ToString() => Id;

    /// <param name="Token">The token itself.</param>
    /// <param name="Expiration">From when on it does not count.</param>
    public sealed record Known(BootstrapToken Token, DateTimeOffset Expiration)
    {
        public bool Authenticates { get; init; }

        /// <summary>Besides <see cref="Group"/>.</summary>
        public IReadOnlyList<string> Groups { get; init; } = [];

        public string Description { get; init; } = "";

        public bool IsExpired(DateTimeOffset now) => Expiration <= now;
    }
}
