using System.Security.Cryptography;
using System.Text;

namespace ActorOrchestrator.Gateway.Auth;

/// <summary>
/// Static bearer tokens, in kube-apiserver's <c>--token-auth-file</c> format: a CSV line
/// <c>token,user,uid[,"group1,group2"]</c> each. Tokens are held and looked up by their SHA-256, so that neither a
/// memory dump nor the time of a comparison tells one.
/// </summary>
public sealed class TokenFile
{
    public static readonly TokenFile Empty = new([]);

    private readonly Dictionary<string, Identity> _byHash;

    private TokenFile(Dictionary<string, Identity> byHash) => _byHash = byHash;

    public int Count => _byHash.Count;

    /// <exception cref="InvalidDataException">A line is not in the format; the message has its number.</exception>
    public static TokenFile Parse(string path, string content)
    {
        var tokens = new Dictionary<string, Identity>(StringComparer.Ordinal);
        var number = 0;
        foreach (var line in content.Split('\n'))
        {
            number++;
            if (line.Trim().Length == 0 || line.StartsWith('#'))
            {
                continue;
            }

            var columns = Columns(line.TrimEnd('\r'));
            if (columns is not [{ Length: > 0 } token, { Length: > 0 } user, var uid, ..])
            {
                throw new InvalidDataException(
                    $"{path}:{number}: expected token,user,uid[,\"group1,group2\"] with a token and a user");
            }

            var groups = columns.Count > 3 ? columns[3].Split(',', StringSplitOptions.TrimEntries) : [];
            var known = Identity.Of(user, groups.Where(group => group.Length > 0), uid.Length > 0 ? uid : null);
            if (!tokens.TryAdd(Hash(token), known))
            {
                throw new InvalidDataException($"{path}:{number}: the token of an earlier line is given again");
            }
        }

        return new TokenFile(tokens);
    }

    public Identity? Find(string token) => _byHash.GetValueOrDefault(Hash(token));

    private static string Hash(string token) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(token)));

    private static List<string> Columns(string line)
    {
        var columns = new List<string>();
        var column = new StringBuilder();
        var quoted = false;
        for (var i = 0; i < line.Length; i++)
        {
            switch (line[i])
            {
                case '"' when quoted && i + 1 < line.Length && line[i + 1] == '"':
                    column.Append('"');
                    i++;
                    break;
                case '"':
                    quoted = !quoted;
                    break;
                case ',' when !quoted:
                    columns.Add(column.ToString().Trim());
                    column.Clear();
                    break;
                default:
                    column.Append(line[i]);
                    break;
            }
        }

        columns.Add(column.ToString().Trim());
        return columns;
    }
}
