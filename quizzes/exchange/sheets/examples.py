"""What stands in the template: an example of each type that text can hold, and what each column means."""

from decimal import Decimal

from quizzes.exchange.items import Item, OptionItem, TargetItem

EXPLANATIONS = [
    ("Cột", "Cách điền"),
    ("Câu hỏi", "Nội dung câu hỏi. Mỗi hàng một câu. Công thức viết bằng TeX giữa \\( và \\), ví dụ \\(\\frac{1}{2}\\)."),
    ("Loại", "Một lựa chọn, Nhiều lựa chọn, Đúng sai, Đúng sai nhiều ý, Chọn hình, Ghép đôi, Sắp xếp, Điền chỗ trống, "
             "Xếp nhóm, Chỉ trên hình, Số, Trả lời ngắn, Tự luận. Để trống: câu một lựa chọn, hoặc trả lời ngắn nếu không có phương án."),
    ("A … H", "Các phương án. Ghép đôi và xếp nhóm: “Thủ đô → Hà Nội”. Sắp xếp: viết theo thứ tự đúng. "
              "Điền chỗ trống: cột A là chỗ [[1]], B là chỗ [[2]] …; bắt đầu bằng “chọn:”, “chữ:” hoặc “số:”, các đáp án cách nhau bằng |, "
              "trong “chọn:” đặt dấu * trước đáp án đúng. Chọn hình: chèn hình vào ô, viết lời tả hình trong ô."),
    ("Đáp án", "Một lựa chọn: B. Nhiều lựa chọn: A, C. Đúng sai nhiều ý: Đ, S, Đ, S. Số: 3,14 ± 0,01. Trả lời ngắn: các cách viết "
               "cách nhau bằng |; “50% …” là được nửa điểm. Ghép đôi, xếp nhóm: tên các chỗ, cách nhau bằng |."),
    ("Chủ đề", "Tên chủ đề có trong hệ thống."),
    ("Mức độ", "1 nhận biết, 2 thông hiểu, 3 vận dụng; hoặc viết bằng chữ."),
    ("Giải thích", "Hiện sau khi làm bài."),
    ("Hình", "Chèn hình vào ô này và viết lời tả hình cho người không nhìn thấy."),
    ("Điểm từng ý", "Khi một phương án chỉ được một phần điểm: A: 75%; B: 25%."),
    ("Nhận xét", "Mỗi dòng một phương án: A: vì sao đúng hoặc sai."),
    ("Cách chấm", "từng phần; phân biệt hoa thường; không cần dấu."),
    ("Thang điểm", "Câu đúng sai nhiều ý: điểm khi đúng 1, 2, 3, 4 ý, ví dụ 0,1; 0,25; 0,5; 1. “đều”: mỗi ý như nhau."),
]  # fmt: skip


def examples() -> list[Item]:
    return [
        Item("1", "single", "Địa chỉ của Cổng Dịch vụ công quốc gia là gì?", [
            OptionItem("dichvucong.gov.vn", True), OptionItem("dichvucong.com", why="Đuôi .com không phải của cơ quan nhà nước."),
            OptionItem("dvc.vn")], explanation="Trang của cơ quan nhà nước có đuôi .gov.vn.", difficulty=1),
        Item("2", "multiple", "Những việc nào nên làm khi có người lạ xin mã OTP?", [
            OptionItem("Không đọc mã", True), OptionItem("Hỏi công an xã, phường", True), OptionItem("Đọc ba số đầu")],
            scoring={"partial": True}, difficulty=2),
        Item("3", "true_false", "Mã OTP chỉ dùng được một lần.", [OptionItem("Đúng", True), OptionItem("Sai")]),
        Item("4", "statements", "Về tài khoản định danh điện tử:", [
            OptionItem("Không cho người khác mượn", True), OptionItem("Đọc mật khẩu cho người gọi đến"),
            OptionItem("Cài ứng dụng từ kho chính thức", True), OptionItem("Gửi ảnh căn cước lên mạng xã hội")],
            credit=["0.1", "0.25", "0.5", "1"]),
        Item("5", "matching", "Ghép giấy tờ với nơi cấp.", [
            OptionItem("Giấy khai sinh", target=0), OptionItem("Căn cước", target=1)],
            [TargetItem("Ủy ban nhân dân xã, phường"), TargetItem("Cơ quan công an")]),
        Item("6", "ordering", "Xếp các bước nộp hồ sơ.", [
            OptionItem("Đăng nhập"), OptionItem("Điền tờ khai"), OptionItem("Nộp hồ sơ"), OptionItem("Nhận kết quả")]),
        Item("7", "gaps", "Hồ sơ nộp trên [[1]], theo dõi bằng [[2]].", [
            OptionItem("Cổng Dịch vụ công", True, target=0), OptionItem("mạng xã hội", target=0),
            OptionItem("mã hồ sơ", True, target=1)], [TargetItem("1", "select"), TargetItem("2", "text")]),
        Item("8", "zones", "Việc nào nên, việc nào không nên?", [
            OptionItem("Kiểm tra địa chỉ trang", target=0), OptionItem("Bấm đường dẫn lạ", target=1)],
            [TargetItem("Nên"), TargetItem("Không nên")]),
        Item("9", "numeric", "Số 1 chia 3, lấy hai chữ số thập phân?", [OptionItem("0.33", True, tolerance=Decimal("0.01"))]),
        Item("10", "short", "Ứng dụng định danh điện tử quốc gia tên là gì?", [OptionItem("VNeID", True)]),
        Item("11", "long", "Em hãy kể một lần giúp người thân nộp hồ sơ trực tuyến."),
    ]  # fmt: skip
