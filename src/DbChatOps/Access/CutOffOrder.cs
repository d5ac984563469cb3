using System.Globalization;
using System.Text;
using DbChatOps.Chat;

namespace DbChatOps.Access;

/// <summary>Cut this person off, because of this. Whoever confirms it is authorised then, so that a forged button orders nothing by itself.</summary>
public sealed record CutOffOrder(PersonId Person, string Reason)
{
    /// <summary>A button's value is short: what does not fit of a reason is added in the dialog.</summary>
    private const int MostBytes = 90;

    /// <summary>As the value of a button: ASCII without blanks.</summary>
    public string ToValue()
    {
        var reason = PlainText.Clean(Reason, MostBytes);
        while (Encoding.UTF8.GetByteCount(reason) > MostBytes)
        {
            reason = PlainText.Clean(reason, reason.Length - 1);
        }

        return $"{Person}/{Convert.ToHexString(Encoding.UTF8.GetBytes(reason))}";
    }

    /// <summary>Null for what <see cref="ToValue"/> did not write.</summary>
    public static CutOffOrder? FromValue(string value)
    {
        if (value.Split('/') is not [var person, var reason] || !PersonId.TryParse(person, CultureInfo.InvariantCulture, out var id))
        {
            return null;
        }

        var bytes = new byte[reason.Length / 2];
        return Convert.FromHexString(reason, bytes, out _, out var written) == System.Buffers.OperationStatus.Done
            ? new CutOffOrder(id, PlainText.Clean(Encoding.UTF8.GetString(bytes, 0, written), MostBytes))
            : null;
    }
}
