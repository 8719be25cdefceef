using Npgsql;
using ActorOrchestrator.Host.Hocon;

namespace ActorOrchestrator.Host.Settings;

/// <summary>A PostgreSQL's address as everybody else writes it, <c>postgresql://user:password@host:port/database</c>,
/// with libpq's parameters behind it.</summary>
internal static class JournalUrl
{
    private static readonly string[] Schemes = ["postgresql://", "postgres://"];

    /// <summary>libpq's words for what the driver has others for; those that both know are not here.</summary>
    private static readonly Dictionary<string, string> Keywords = new(StringComparer.Ordinal)
    {
        ["host"] = "Host",
        ["port"] = "Port",
        ["user"] = "Username",
        ["password"] = "Password",
        ["dbname"] = "Database",
        ["passfile"] = "Passfile",
        ["sslmode"] = "SSL Mode",
        ["sslrootcert"] = "Root Certificate",
        ["sslcert"] = "SSL Certificate",
        ["sslkey"] = "SSL Key",
        ["sslpassword"] = "SSL Password",
        ["channel_binding"] = "Channel Binding",
        ["target_session_attrs"] = "Target Session Attributes",
        ["options"] = "Options",
        ["search_path"] = "Search Path",
        ["connect_timeout"] = "Timeout",
    };

    public static bool Is(string text) =>
        Schemes.Any(scheme => text.StartsWith(scheme, StringComparison.OrdinalIgnoreCase));

    /// <summary>The driver's connection string for it.</summary>
    /// <param name="url">It may have a password, so no message has any part of it but names.</param>
    /// <param name="setting">What it was given as, for messages.</param>
    /// <exception cref="SettingsException">It is none.</exception>
    public static string ToConnectionString(string url, string setting)
    {
        var rest = url[(url.IndexOf("://", StringComparison.Ordinal) + 3)..];
        var (place, query) = Cut(rest, '?');
        var (authority, database) = Cut(place, '/');
        var at = authority.LastIndexOf('@');
        var (user, password) = Cut(at < 0 ? "" : authority[..at], ':');
        var builder = new NpgsqlConnectionStringBuilder();
        var isWrong = "";
        SetHosts(authority[(at + 1)..]);
        Set("user", user);
        Set("password", password);
        Set("dbname", database);
        foreach (var parameter in query.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var (name, value) = Cut(parameter, '=');
            Set(name, value);
        }

        isWrong = builder.Host is null ? "the host is missing" : isWrong;
        return isWrong.Length == 0
            ? builder.ConnectionString
            : throw new SettingsException($"{setting}: {isWrong}: a URL such as "
                + "postgresql://orchestrator:PASSWORD@10.0.0.9:5432/orchestrator is expected");

        void SetHosts(string hosts)
        {
            // Of several each may have a port of its own, which the driver reads itself.
            var colon = hosts.EndsWith(']') || hosts.Contains(',') ? -1 : hosts.LastIndexOf(':');
            Set("host", colon < 0 ? hosts.Trim('[', ']') : hosts[..colon].Trim('[', ']'));
            Set("port", colon < 0 ? "" : hosts[(colon + 1)..]);
        }

        void Set(string name, string encoded)
        {
            if (encoded.Length == 0)
            {
                return;
            }

            if (!Keywords.TryGetValue(name, out var keyword))
            {
                isWrong = $"the parameter {name} is not known";
                return;
            }

            var value = Uri.UnescapeDataString(encoded);
            try
            {
                builder[keyword] = name is "sslmode" or "channel_binding"
                    ? value.Replace("-", "", StringComparison.Ordinal)
                    : value;
            }
            catch (Exception wrong) when (wrong is ArgumentException or FormatException or InvalidCastException
                or OverflowException)
            {
                isWrong = $"the value of {name} is none that there is";
            }
        }
    }

    /// <summary>Whether a text has a password in it.</summary>
    public static bool HasPassword(string text)
    {
        try
        {
            return new NpgsqlConnectionStringBuilder(Is(text) ? ToConnectionString(text, "") : text).Password
                is { Length: > 0 };
        }
        catch (Exception wrong) when (wrong is ArgumentException or SettingsException)
        {
            return false;
        }
    }

    /// <summary>The same with the password that the driver would find in the environment: another machine has it not.
    /// </summary>
    public static string Complete(string connection)
    {
        var builder = new NpgsqlConnectionStringBuilder(connection);
        builder.Password ??= Environment.GetEnvironmentVariable("PGPASSWORD");
        builder.Username ??= Environment.GetEnvironmentVariable("PGUSER") ?? Environment.UserName;
        return builder.ConnectionString;
    }

    /// <summary>Which database a connection leads to, without who goes there.</summary>
    public static string DatabaseOf(string connection)
    {
        var builder = new NpgsqlConnectionStringBuilder(connection);
        return $"{builder.Host}:{builder.Port}/{builder.Database ?? builder.Username}";
    }

    private static (string Before, string After) Cut(string text, char at)
    {
        var index = text.IndexOf(at);
        return index < 0 ? (text, "") : (text[..index], text[(index + 1)..]);
    }
}
